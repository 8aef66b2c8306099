import type { Redis } from 'ioredis';
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

/** Tells how many others stand before a slice in the queue of its runtime. */
export class QueuePlaces {
  readonly #redis: Redis;
  readonly #queues: Queues;

  constructor(redis: Redis, queues: Queues) {
    this.#redis = redis;
    this.#queues = queues;
  }

  /**
   * All in one round trip. Rejects within 250 ms when Redis is away.
   * @returns how many slices are before each, in the order asked for; null where it is not in the queue
   */
  async before(slices: readonly QueuedSlice[]): Promise<(number | null)[]> {
    if (slices.length === 0) return [];
    const asking = this.#redis.pipeline();
    for (const { executionId, epoch, slice, runtime } of slices) {
      const queue = this.#queues.get(runtimeQueueName(runtime));
      asking.zrank(queue.toKey('prioritized'), sliceJobId(executionId, epoch, slice));
    }
    const answers = (await withTimeout(asking.exec(), ANSWER_MS)) ?? [];
    return answers.map(([error, rank]) => (error === null && typeof rank === 'number' ? rank : null));
  }
}
