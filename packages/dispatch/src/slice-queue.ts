import type { SliceJob } from '@gantry/contracts/execution-job';
import { toQueuePriority } from '@gantry/domain/priority';
import { runtimeQueueName, sliceJobId } from './queue-names.ts';
import type { QueuedJob, Queues } from './queues.ts';

/** The queues of slices, one for each module runtime. */
export class SliceQueue {
  readonly #queues: Queues;

  constructor(queues: Queues) {
    this.#queues = queues;
  }

  /** Enqueues slices in the order given, by priority. One that is enqueued already is left where it is. */
  async add(slices: readonly SliceJob[]): Promise<void> {
    const byQueue = Map.groupBy(slices.map(queuedSlice), ({ queue }) => queue);
    await Promise.all(
      [...byQueue].map(([queue, some]) =>
        this.#queues.add(
          queue,
          some.map(({ job }) => job),
          { whenFull: true },
        ),
      ),
    );
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
