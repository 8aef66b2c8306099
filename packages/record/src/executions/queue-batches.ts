import { LIMITS } from '@gantry/domain/limits';
import { newId } from '../schema/new-id.ts';
import type { NewExecution } from './new-execution.ts';

type Queued = Pick<NewExecution, 'id' | 'priority' | 'context' | 'pipeline'>;

/**
 * Which executions go into the planner's queue as one job: those of one priority that come one after the other, as long as
 * the job does not become too large. One that is alone has a job of its own.
 * @returns the batch of each execution that is in one, by its id
 */
export function queueBatches(executions: readonly Queued[]): Map<string, string> {
  const batchOf = new Map<string, string>();
  for (const group of Map.groupBy(executions, ({ priority }) => priority).values()) {
    for (const together of chunks(group)) {
      if (together.length < 2) continue;
      const batch = newId();
      for (const { id } of together) batchOf.set(id, batch);
    }
  }
  return batchOf;
}

function chunks(executions: readonly Queued[]): Queued[][] {
  const all: Queued[][] = [];
  const stepSizes = new Map<Queued['pipeline'], number>();
  let size = Number.POSITIVE_INFINITY;
  for (const execution of executions) {
    const { context, pipeline } = execution;
    const stepSize = stepSizes.get(pipeline) ?? JSON.stringify(pipeline.steps).length;
    stepSizes.set(pipeline, stepSize);
    const own = stepSize + JSON.stringify(context).length;
    const last = all.at(-1);
    if (last === undefined || last.length === LIMITS.executionsPerJob || size + own > LIMITS.jobCharacters) {
      all.push([execution]);
      size = own;
    } else {
      last.push(execution);
      size += own;
    }
  }
  return all;
}
