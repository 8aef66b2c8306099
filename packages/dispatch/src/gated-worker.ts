import type { Job, WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import type { SlotGate } from './slot-gate.ts';
import { ThriftyWorker } from './thrifty-worker.ts';

/**
 * A worker that shares its slots with those of other queues: it takes a job when it has a slot for it, and after
 * each job it is the others' turn.
 */
export class GatedWorker extends ThriftyWorker {
  readonly #redis: Redis;
  readonly #gate: SlotGate;
  /** Jobs that were taken and not begun. */
  #inHand = 0;

  constructor(
    queue: string,
    work: (job: Job, token?: string) => Promise<void>,
    options: WorkerOptions & { connection: Redis },
    gate: SlotGate,
  ) {
    super(queue, work, options);
    this.#redis = options.connection;
    this.#gate = gate;
  }

  protected override async take(token: string, name?: string): Promise<Job | undefined> {
    // While BullMQ waits for another job it begins none.
    if (this.#gate.isFull && this.#inHand > 0) return undefined;
    // What told this worker that there is a job was told to it alone.
    if (this.#gate.isFull) await this.#redis.zadd(this.toKey('marker'), 0, '0').catch(() => {});
    await this.#gate.enter();
    let job: Job | undefined;
    try {
      if (!this.closing && !this.paused) job = await super.take(token, name);
    } finally {
      if (job) this.#inHand += 1;
      else this.#gate.leave();
    }
    return job;
  }

  override async processJob(job: Job, token: string): Promise<undefined> {
    this.#inHand -= 1;
    try {
      await super.processJob(job, token, () => false);
    } finally {
      this.#gate.leave();
    }
  }
}
