import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { loadScript } from './script.ts';
import { inScripts } from './script-sizes.ts';

const addUnlessFull = loadScript('add-jobs', { whenFull: false });
const addWhenFull = loadScript('add-jobs', { whenFull: true });

export interface QueuedJob<Data> {
  id: string;
  name: string;
  /** BullMQ's: the lowest goes first, from 1 on. */
  priority: number;
  data: Data;
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

  /**
   * Adds jobs in order. Ids that are there already are left as they are.
   * @param whenFull whether a Redis that is full takes them all the same: they are work that it holds
   */
  async add<Data>(name: string, jobs: readonly QueuedJob<Data>[], { whenFull = false } = {}): Promise<void> {
    const queue = this.get(name);
    const keys = queueKeys(queue);
    for (const some of inScripts(jobs.map(jobArguments), ([, , , data]) => data.length)) {
      const args = [keys.jobs, Date.now(), ...some.flat()];
      await (whenFull ? addWhenFull : addUnlessFull)(this.#redis, keys.all, args);
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#open.values()].map((queue) => queue.close()));
    this.#open.clear();
  }
}

/** What scripts that add to a queue are given of it; see lua/include/jobs.lua. `jobs`: what the keys of its jobs begin with. */
export function queueKeys(queue: Queue): { all: string[]; jobs: string } {
  return { all: ['prioritized', 'pc', 'marker', 'meta'].map((type) => queue.toKey(type)), jobs: queue.toKey('') };
}

/** What they are given of a job. */
export function jobArguments({ id, name, priority, data }: QueuedJob<unknown>): [string, string, number, string] {
  return [id, name, priority, JSON.stringify(data)];
}
