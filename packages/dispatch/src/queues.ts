import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { loadScript } from './script.ts';

const addUnlessFull = loadScript('add-jobs', { whenFull: false });
const addWhenFull = loadScript('add-jobs', { whenFull: true });

/** One script adds so many, of so much data, at most: nothing else happens in Redis meanwhile. */
const MAX_JOBS = 200;
const MAX_CHARACTERS = 1024 * 1024;

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
    const keys = ['prioritized', 'pc', 'marker', 'meta'].map((type) => queue.toKey(type));
    for (const args of chunked(jobs)) {
      await (whenFull ? addWhenFull : addUnlessFull)(this.#redis, keys, [queue.toKey(''), Date.now(), ...args]);
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#open.values()].map((queue) => queue.close()));
    this.#open.clear();
  }
}

/** @returns for each script the arguments that say what it adds */
function* chunked(jobs: readonly QueuedJob<unknown>[]): Generator<(string | number)[]> {
  let args: (string | number)[] = [];
  let [count, characters] = [0, 0];
  for (const { id, name, priority, data } of jobs) {
    const json = JSON.stringify(data);
    if (count === MAX_JOBS || (count > 0 && characters + json.length > MAX_CHARACTERS)) {
      yield args;
      [args, count, characters] = [[], 0, 0];
    }
    args.push(id, name, priority, json);
    count += 1;
    characters += json.length;
  }
  if (count > 0) yield args;
}
