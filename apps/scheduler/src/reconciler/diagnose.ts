import type { Permission } from '@gantry/dispatch/execution-permissions';
import type { Presence } from '@gantry/dispatch/job-presence';
import type { UnfinishedExecution } from '@gantry/record/reconcile/find-unfinished';

/** What Redis holds of an execution. */
export interface Traces {
  permission: Permission | undefined;
  /** Its job in `executions` for the next planning. */
  executionJob: boolean;
  /** The job of the slice that its permission says is due. */
  sliceJob: Presence;
}

/**
 * What is wrong between the record and Redis. `replan`: nobody works on it. `brake`: it is to stop and was not told.
 * `stopped`: it is to stop and whoever should report that it has is gone.
 */
export type Diagnosis = 'fine' | 'replan' | 'brake' | 'stopped';

/** A pure function; true only once everything the journal held was folded into the row. */
export function diagnose(execution: UnfinishedExecution, { permission, executionJob, sliceJob }: Traces): Diagnosis {
  if (execution.status === 'CANCELLING' || execution.stopping) {
    if (permission?.open) return 'brake';
    // Held by a worker that lives, and so reports. One that was lost may have left its job where nobody looks any more.
    return permission?.leased && sliceJob === 'held' ? 'fine' : 'stopped';
  }
  if (executionJob) return 'fine';
  if (permission?.open && permission.epoch >= execution.epoch && sliceJob !== 'absent') return 'fine';
  return 'replan';
}
