import { type ExecutionStatus, isFinished } from './status.ts';

/** Steps use the words and numbers of executions. */
export const STEP_STATUSES = { PENDING: 0, RUNNING: 1, SUCCEEDED: 2, FAILED: 3, SKIPPED: 5, CANCELLED: 7 } as const;

export type StepStatus = keyof typeof STEP_STATUSES;

export const stepStatusNames = Object.keys(STEP_STATUSES) as StepStatus[];

const byValue = new Map<number, StepStatus>(stepStatusNames.map((name) => [STEP_STATUSES[name], name]));

export function isStepFinished(status: StepStatus): boolean {
  return status !== 'PENDING' && status !== 'RUNNING';
}

/** Nothing of an execution runs after a step that ended so. */
export function endsExecution(status: StepStatus): boolean {
  return status === 'FAILED' || status === 'CANCELLED';
}

/** A step of which nothing is written waits, unless its execution ended before any of it was to run. */
export function untouchedStep(execution: ExecutionStatus): StepStatus {
  if (!isFinished(execution)) return 'PENDING';
  return execution === 'SKIPPED' ? 'SKIPPED' : 'CANCELLED';
}

/** @throws RangeError for a number that is no step status. */
export function stepStatusFromValue(value: number): StepStatus {
  const status = byValue.get(value);
  if (status === undefined) throw new RangeError(`${value} is not a step status`);
  return status;
}
