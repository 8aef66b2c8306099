import type { ExecutionJob } from '@gantry/contracts/execution-job';
import type { BrakeTarget } from '../executions/cancel-execution.ts';

/** What became of some items of a bulk operation, and what is to be done after the commit. */
export interface ItemsOutcome {
  /** How many of them it was too late for. */
  failed: number;
  /** The brake is to be applied to these. */
  brake: BrakeTarget[];
  /** To be enqueued. */
  jobs: ExecutionJob[];
}
