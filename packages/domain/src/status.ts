/**
 * The ten execution statuses: the one place that says their numbers, what they mean and what may become of them.
 * The guarded updates of the record, the wire and the diagram in the docs all derive from this table.
 */
export const EXECUTION_STATUSES = {
  PENDING: {
    value: 0,
    meaning: 'created and enqueued, waiting for the planner',
    mayBecome: ['RUNNING', 'CANCELLING', 'FAILED'],
  },
  RUNNING: {
    value: 1,
    meaning: 'planned; its slices are queued or running',
    mayBecome: ['SUCCEEDED', 'FAILED', 'CANCELLING'],
  },
  SUCCEEDED: { value: 2, meaning: 'every step succeeded or was skipped', mayBecome: ['PENDING_REPROCESSING'] },
  FAILED: {
    value: 3,
    meaning: 'a step failed or timed out, a deadline passed, or planning was impossible',
    mayBecome: ['PENDING_REPROCESSING'],
  },
  REQUESTED: {
    value: 4,
    meaning: 'accepted and durable, held back by admission',
    mayBecome: ['PENDING', 'SKIPPED', 'CANCELLED', 'FAILED'],
  },
  SKIPPED: { value: 5, meaning: 'not run: a duplicate of the execution in duplicateOf', mayBecome: [] },
  CANCELLING: {
    value: 6,
    meaning: 'cancel accepted; not yet known that nothing of it runs',
    mayBecome: ['CANCELLED'],
  },
  CANCELLED: { value: 7, meaning: 'stopped', mayBecome: ['PENDING_REPROCESSING'] },
  PENDING_REPROCESSING: {
    value: 8,
    meaning: 'finished earlier; a replacement has been created and is not finished',
    mayBecome: ['REPROCESSED', 'SUCCEEDED', 'FAILED', 'CANCELLED'],
  },
  REPROCESSED: {
    value: 9,
    meaning: 'finished earlier and since replaced by a successful execution',
    mayBecome: ['PENDING_REPROCESSING'],
  },
} as const satisfies Record<string, StatusRow>;

interface StatusRow {
  value: number;
  meaning: string;
  mayBecome: readonly string[];
}

export type ExecutionStatus = keyof typeof EXECUTION_STATUSES;

export const executionStatusNames = Object.keys(EXECUTION_STATUSES) as ExecutionStatus[];

/** Every status that is not followed by work: nothing of such an execution is queued or running. */
export const FINISHED_STATUSES = [
  'SUCCEEDED',
  'FAILED',
  'SKIPPED',
  'CANCELLED',
  'PENDING_REPROCESSING',
  'REPROCESSED',
] as const satisfies ExecutionStatus[];

/** The statuses an execution holds its dedup key, and a place in admission, in. */
export const UNFINISHED_STATUSES = [
  'REQUESTED',
  'PENDING',
  'RUNNING',
  'CANCELLING',
] as const satisfies ExecutionStatus[];

/** Admitted and not over: Redis may hold something of them. */
export const IN_REDIS_STATUSES = ['PENDING', 'RUNNING', 'CANCELLING'] as const satisfies ExecutionStatus[];

const byValue = new Map<number, ExecutionStatus>(
  executionStatusNames.map((name) => [EXECUTION_STATUSES[name].value, name]),
);

export function isFinished(status: ExecutionStatus): boolean {
  return (FINISHED_STATUSES as readonly ExecutionStatus[]).includes(status);
}

export function mayBecome(from: ExecutionStatus, to: ExecutionStatus): boolean {
  return (EXECUTION_STATUSES[from].mayBecome as readonly ExecutionStatus[]).includes(to);
}

/** Whether several facts at once may lead there: a whole life passes through RUNNING, a stop through CANCELLING. */
export function mayComeTo(from: ExecutionStatus, to: ExecutionStatus): boolean {
  const through = ['RUNNING', 'CANCELLING'] as const;
  return mayBecome(from, to) || through.some((via) => via !== from && mayBecome(from, via) && mayBecome(via, to));
}

export function statusValue(status: ExecutionStatus): number {
  return EXECUTION_STATUSES[status].value;
}

export function statusValues(statuses: readonly ExecutionStatus[]): number[] {
  return statuses.map(statusValue);
}

/** @throws RangeError for a number that is no status: only a foreign writer can have put it into the record. */
export function statusFromValue(value: number): ExecutionStatus {
  const status = byValue.get(value);
  if (status === undefined) throw new RangeError(`${value} is not an execution status`);
  return status;
}
