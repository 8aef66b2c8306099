import { EXECUTIONS_QUEUE, executionJobId, runtimeQueueName, sliceJobId } from './queue-names.ts';
import { loadScript } from './script.ts';
import type { Shards } from './shards.ts';

const close = loadScript('close-execution', { whenFull: true });

/** How long a closed execution that was never opened is remembered: longer than any planner can be late. */
const REMEMBER_CLOSED_MS = 3_600_000;

/** Stops executions in Redis: no new slice of them starts, running steps are told to abort, waiting jobs go. */
export class Brake {
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /**
   * Safe to apply again, also at the same time.
   * @param executions their ids, and their epochs in the record
   */
  async apply(executions: readonly { executionId: string; epoch: number }[]): Promise<void> {
    const now = Date.now();
    await Promise.all(executions.map((execution) => this.#applyOne(execution, now)));
  }

  async #applyOne({ executionId, epoch }: { executionId: string; epoch: number }, now: number): Promise<void> {
    const { redis, keys, queues } = this.#shards.of(executionId);
    const waiting = (await close(
      redis,
      [keys.execution(executionId), keys.journal, keys.closed],
      [executionId, now, REMEMBER_CLOSED_MS],
    )) as [] | [runtime: string, epoch: number, slice: number];
    // A job that is being worked on cannot be removed; it finds the execution closed.
    await queues.get(EXECUTIONS_QUEUE).remove(executionJobId(executionId, epoch + 1));
    if (waiting.length === 0) return;
    const [runtime, opened, slice] = waiting;
    await queues.get(runtimeQueueName(runtime)).remove(sliceJobId(executionId, opened, slice));
  }
}
