import { type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';

const ADD_CHUNK = 1_000;

export interface QueuedJob<Data> {
  name: string;
  data: Data;
  opts: JobsOptions & { jobId: string; priority: number };
}

/** BullMQ queues on one connection and prefix, each opened once. */
export class Queues {
  readonly #open = new Map<string, Queue>();
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  get(name: string): Queue {
    let queue = this.#open.get(name);
    if (queue === undefined) {
      queue = new Queue(name, {
        connection: this.#redis,
        prefix: this.#prefix,
        // A queue that is opened while Redis is silent would fail this check and be of no use for ever.
        skipVersionCheck: true,
      });
      // The connection reports its own errors; without a listener BullMQ would print them as well.
      queue.on('error', () => {});
      this.#open.set(name, queue);
    }
    return queue;
  }

  /** Adds jobs in order. Ids that are there already are left as they are. */
  async add<Data>(name: string, jobs: readonly QueuedJob<Data>[]): Promise<void> {
    const queue = this.get(name);
    for (let from = 0; from < jobs.length; from += ADD_CHUNK) {
      await queue.addBulk(jobs.slice(from, from + ADD_CHUNK));
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#open.values()].map((queue) => queue.close()));
    this.#open.clear();
  }
}
