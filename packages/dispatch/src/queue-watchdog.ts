import type { QueuePickup } from './job-worker.ts';
import type { Shards } from './shards.ts';
import { withTimeout } from './with-timeout.ts';

interface Seen {
  taken: number;
  waiting: number;
  /** Since when something waits and nothing was taken, in ms of `performance.now()`. */
  idleSince: number | undefined;
}

const ANSWER_MS = 1_500;
/** Within its patience it is looked so often, but not all the time. */
const LOOKS = 10;
const LOOK_MS = { least: 1_000, most: 5_000 };

/**
 * Notices that a worker takes nothing from a queue in which something waits: after a failover of Redis it may have gone
 * silent while adding still works, or somebody has paused the queue.
 */
export class QueueWatchdog {
  readonly #patienceMs: number;
  #seen = new Map<string, Seen>();

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** In ms. */
  get lookEvery(): number {
    return Math.min(Math.max(this.#patienceMs / LOOKS, LOOK_MS.least), LOOK_MS.most);
  }

  /** To be called every `lookEvery` with all of the queues that are worked on. Fails within 1.5 s when Redis is away. */
  async look(shards: Shards, pickups: readonly QueuePickup[], now = performance.now()): Promise<void> {
    const before = this.#seen;
    // What cannot be looked at now is not known to have been idle all the time.
    this.#seen = new Map();
    const looked = pickups.map(async ({ shard, queue: name, taken, able, inHand = 0 }) => {
      const { queues } = shards.all[shard] ?? shards.first;
      const queued = await queues.get(name).getJobCountByTypes('prioritized', 'wait');
      const queue = shard === 0 ? name : `${name} of shard ${shard}`;
      const waiting = queued + inHand;
      const last = before.get(queue);
      const since = last?.taken === taken ? (last.idleSince ?? now) : now;
      return [queue, { taken, waiting, idleSince: able && waiting > 0 ? since : undefined }] as const;
    });
    this.#seen = new Map(await withTimeout(Promise.all(looked), ANSWER_MS));
  }

  /** Nothing is worked on any more. */
  forget(): void {
    this.#seen.clear();
  }

  /** @returns what is wrong, if something has been for longer than the patience that was given */
  complaint(now = performance.now()): string | undefined {
    const complaints = [...this.#seen].flatMap(([queue, { waiting, idleSince }]) => {
      const idleMs = idleSince === undefined ? 0 : now - idleSince;
      if (idleMs < this.#patienceMs) return [];
      return [`${waiting} wait in the queue ${queue} and none was taken for ${Math.floor(idleMs / 1_000)} s`];
    });
    return complaints.length > 0 ? complaints.join('; ') : undefined;
  }
}
