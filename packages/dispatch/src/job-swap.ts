import type { Redis } from 'ioredis';
import { loadScript } from './script.ts';

const script = loadScript('swap-jobs', { whenFull: true });

/** A job that was taken together with others. */
export interface SwappedJob {
  id: string;
  /** Where it was in the order of the queue. */
  score: string;
  data: unknown;
  /** When it was enqueued (ms since 1970, by the clock of whoever did); null when it was taken before. */
  waitingSince: number | null;
}

export interface Swap {
  /** Of the locks of all of them. */
  token: string;
  ended: readonly string[];
  givenBack: readonly SwappedJob[];
  wanted: number;
}

interface JobSwapOptions {
  redis: Redis;
  /** @returns the name of a key of the queue */
  toKey: (type: string) => string;
  lockMs: number;
  /** Slots that share what waits. */
  slots: number;
}

/** Ends and takes jobs of a queue of BullMQ many at a time; see lua/swap-jobs.lua. */
export class JobSwap {
  readonly #options: JobSwapOptions;
  readonly #keys: string[];

  constructor(options: JobSwapOptions) {
    this.#options = options;
    this.#keys = ['prioritized', 'active', 'wait', 'marker', 'meta'].map(options.toKey);
  }

  /** @returns the most urgent ones, in order */
  async swap({ token, ended, givenBack, wanted }: Swap): Promise<SwappedJob[]> {
    const { redis, toKey, lockMs, slots } = this.#options;
    const back = givenBack.flatMap(({ id, score }) => [id, score]);
    const args = [toKey(''), token, lockMs, wanted, slots, ended.length, ...ended, ...back];
    const taken = (await script(redis, this.#keys, args)) as [string, string, string, string, string | null][];
    return taken.map(([id, score, data, timestamp, before]) => ({
      id,
      score,
      data: JSON.parse(data),
      waitingSince: before === null ? Number(timestamp) : null,
    }));
  }
}
