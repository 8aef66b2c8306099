import type { SliceJob } from '@gantry/contracts/execution-job';
import { toQueuePriority } from '@gantry/domain/priority';
import { runtimeQueueName, sliceJobId } from './queue-names.ts';
import type { Queues } from './queues.ts';

/** The queues of slices, one for each module runtime. */
export class SliceQueue {
  readonly #queues: Queues;

  constructor(queues: Queues) {
    this.#queues = queues;
  }

  /** Enqueues slices in the order given, by priority. One that is enqueued already is left where it is. */
  async add(slices: readonly SliceJob[]): Promise<void> {
    const byRuntime = Map.groupBy(slices, (job) => job.slices[job.slice]?.runtime);
    await Promise.all(
      [...byRuntime].map(async ([runtime, jobs]) => {
        if (runtime === undefined) throw new RangeError('a slice job must be one of its own slices');
        await this.#queues.add(
          runtimeQueueName(runtime),
          jobs.map((data) => ({
            id: sliceJobId(data.executionId, data.epoch, data.slice),
            name: 'slice',
            priority: toQueuePriority(data.priority),
            data,
          })),
          { whenFull: true },
        );
      }),
    );
  }
}
