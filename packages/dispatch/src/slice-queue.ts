import type { SliceJob } from '@gantry/contracts/execution-job';
import { toQueuePriority } from '@gantry/domain/priority';
import { runtimeQueueName, sliceJobId } from './queue-names.ts';
import type { QueuedJob } from './queues.ts';
import type { Shards } from './shards.ts';

/** The queues of slices, one for each module runtime and shard. */
export class SliceQueue {
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /** Enqueues slices in the order given, by priority. One that is enqueued already is left where it is. */
  async add(slices: readonly SliceJob[]): Promise<void> {
    const adding = this.#shards
      .group(slices, ({ executionId }) => executionId)
      .flatMap(([{ queues }, some]) =>
        [...Map.groupBy(some.map(queuedSlice), ({ queue }) => queue)].map(([queue, queued]) =>
          queues.add(
            queue,
            queued.map(({ job }) => job),
            { whenFull: true },
          ),
        ),
      );
    await Promise.all(adding);
  }
}

/** The queue of the slice's runtime, and its job there. */
export function queuedSlice(data: SliceJob): { queue: string; job: QueuedJob<SliceJob> } {
  const runtime = data.slices[data.slice]?.runtime;
  if (runtime === undefined) throw new RangeError('a slice job must be one of its own slices');
  const id = sliceJobId(data.executionId, data.epoch, data.slice);
  return {
    queue: runtimeQueueName(runtime),
    job: { id, name: 'slice', priority: toQueuePriority(data.priority), data },
  };
}
