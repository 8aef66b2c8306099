import { type Job, Worker, type WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { loadScript } from './script.ts';

const othersWait = loadScript('others-wait', { whenFull: true });

/**
 * A worker of BullMQ that is told of a job and then looks whether more wait, before it asks for another one. BullMQ asks, is
 * told once more of the job it has just taken, and asks again: where jobs come one by one, that is half of what it asks.
 */
export class ThriftyWorker extends Worker {
  readonly #redis: Redis;
  readonly #keys: string[];
  #waits = false;
  #looksFirst = false;

  constructor(
    queue: string,
    work: (job: Job, token?: string) => Promise<void>,
    options: WorkerOptions & { connection: Redis },
  ) {
    super(queue, work, options);
    this.#redis = options.connection;
    this.#keys = ['prioritized', 'wait', 'marker'].map((type) => this.toKey(type));
  }

  /** It found none when it asked last, and waits until it is told of one. */
  get waits(): boolean {
    return this.#waits;
  }

  protected override getBlockTimeout(blockUntil: number): number {
    this.#waits = true;
    return super.getBlockTimeout(blockUntil);
  }

  protected override async moveToActive(token: string, name?: string): Promise<Job> {
    const wasTold = this.#waits;
    const looks = this.#looksFirst && !wasTold;
    this.#waits = false;
    this.#looksFirst = false;
    // What comes after this look leaves its mark, and is told of.
    if (looks && !(await this.#othersWait())) return this.nextJobFromJobData();
    const job = await this.take(token, name);
    this.#looksFirst = wasTold && job !== undefined;
    // BullMQ says that there is always one, and means it only where it has one.
    return job as Job;
  }

  /** @returns the next job, if there is one and it may be taken */
  protected take(token: string, name?: string): Promise<Job | undefined> {
    return super.moveToActive(token, name);
  }

  async #othersWait(): Promise<boolean> {
    // If it cannot tell, it asks as BullMQ would.
    return othersWait(this.#redis, this.#keys, []).then(Boolean, () => true);
  }
}
