import { runtimeQueueName, sliceJobId } from './queue-names.ts';
import type { Shards } from './shards.ts';
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
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /**
   * All in one round trip. Rejects within 250 ms when Redis is away. Workers take from all shards in turn: of several it is
   * told about how many stand before.
   * @returns in the order asked for
   */
  before(slices: readonly QueuedSlice[]): Promise<QueuePlace[]> {
    return withTimeout(Promise.all(slices.map((slice) => this.#placeOf(slice))), ANSWER_MS);
  }

  async #placeOf({ executionId, epoch, slice, runtime }: QueuedSlice): Promise<QueuePlace> {
    const { redis, queues } = this.#shards.of(executionId);
    const { first, count } = this.#shards;
    const [rank, alive] = await Promise.all([
      // What Redis does not answer is not told.
      redis
        .zrank(queues.get(runtimeQueueName(runtime)).toKey('prioritized'), sliceJobId(executionId, epoch, slice))
        .catch(() => null),
      first.redis.exists(first.keys.runtimeAlive(runtime)).catch(() => null),
    ]);
    return { before: rank === null ? null : rank * count, served: alive !== 0 };
  }
}
