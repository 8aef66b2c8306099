import type { SliceState } from './execution-state.ts';
import type { ExecutionStatus } from './status.ts';

/** A slice that no worker has taken yet. */
export interface WaitingSlice {
  /** Which slice of its execution, from 0. */
  slice: number;
  runtime: string;
}

/** What a RUNNING execution waits for; undefined once a worker has taken its next slice, or it has none left. */
export function waitingSlice(status: ExecutionStatus, slices: readonly SliceState[]): WaitingSlice | undefined {
  if (status !== 'RUNNING') return undefined;
  const slice = slices.findIndex(({ finishedAt }) => finishedAt === null);
  const next = slices[slice];
  return next === undefined || next.leasedAt !== null ? undefined : { slice, runtime: next.runtime };
}
