import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import { runtimeQueueName, sliceJobId } from './queue-names.ts';
import type { Queues } from './queues.ts';
import { withTimeout } from './with-timeout.ts';

/** Names the job of a slice. */
export interface QueuedSlice {
  executionId: string;
  epoch: number;
  slice: number;
  runtime: string;
}

const ANSWER_MS = 250;

export interface QueuePlace {
  /** How many slices are taken before it; null when it is not in the queue. */
  before: number | null;
  /** A worker serves its runtime. */
  served: boolean;
}

/** Tells how many others stand before a slice in the queue of its runtime, and whether anybody takes them. */
export class QueuePlaces {
  readonly #redis: Redis;
  readonly #keys: Keys;
  readonly #queues: Queues;

  constructor(redis: Redis, keys: Keys, queues: Queues) {
    this.#redis = redis;
    this.#keys = keys;
    this.#queues = queues;
  }

  /**
   * All in one round trip. Rejects within 250 ms when Redis is away.
   * @returns in the order asked for
   */
  async before(slices: readonly QueuedSlice[]): Promise<QueuePlace[]> {
    if (slices.length === 0) return [];
    const asking = this.#redis.pipeline();
    for (const { executionId, epoch, slice, runtime } of slices) {
      const queue = this.#queues.get(runtimeQueueName(runtime));
      asking.zrank(queue.toKey('prioritized'), sliceJobId(executionId, epoch, slice));
      asking.exists(this.#keys.runtimeAlive(runtime));
    }
    const answers = (await withTimeout(asking.exec(), ANSWER_MS)) ?? [];
    return slices.map((_, index) => {
      const [rank, alive] = [answers[2 * index]?.[1], answers[2 * index + 1]?.[1]];
      // What Redis did not answer is not told.
      return { before: typeof rank === 'number' ? rank : null, served: alive !== 0 };
    });
  }
}
