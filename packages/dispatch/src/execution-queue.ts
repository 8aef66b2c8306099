import type { ExecutionJob } from '@gantry/contracts/execution-job';
import { toQueuePriority } from '@gantry/domain/priority';
import { batchJobId, EXECUTIONS_QUEUE, executionJobId } from './queue-names.ts';
import type { Shards } from './shards.ts';
import { withTimeout } from './with-timeout.ts';

/** A Redis that says nothing may take longer; the record has the execution, so nobody needs to wait with it. */
const ADD_TIMEOUT_MS = 3_000;

/** The queue of executions that wait for the planner. */
export class ExecutionQueue {
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /**
   * Enqueues by priority, in the order given; those of one batch and shard as one job. Fails within 3 s when Redis is away; the reconciler then
   * adds them.
   */
  async add(jobs: readonly ExecutionJob[]): Promise<void> {
    if (jobs.length === 0) return;
    const adding = this.#shards
      .group(jobs, ({ executionId }) => executionId)
      .map(([{ queues }, some]) =>
        queues.add(
          EXECUTIONS_QUEUE,
          [...Map.groupBy(some, jobIdOf)].map(([id, executions]) => ({
            id,
            name: 'plan',
            priority: toQueuePriority(executions[0]?.priority ?? 0),
            data: saidOnce(executions),
          })),
        ),
      );
    await withTimeout(Promise.all(adding), ADD_TIMEOUT_MS);
  }
}

/** Those of one job were created together, and have the same modules if they have any. */
function saidOnce(executions: readonly ExecutionJob[]) {
  const modules = executions[0]?.modules;
  return { executions: executions.map(({ modules: _, ...execution }) => execution), ...(modules && { modules }) };
}

function jobIdOf({ executionId, epoch, queueBatch }: ExecutionJob): string {
  return queueBatch ? batchJobId(queueBatch) : executionJobId(executionId, epoch);
}
