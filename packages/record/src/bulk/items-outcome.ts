import type { ExecutionJob } from '@gantry/contracts/execution-job';
import type { BrakeTarget } from '../executions/cancel-execution.ts';
import type { Row } from '../schema/tables.ts';

/** Why an item could not be done. */
export interface ItemFailure {
  item: Row<'bulk_items'>;
  code: string;
  message: string;
}

/** What became of some items of a bulk operation, and what is to be done after the commit. */
export interface ItemsOutcome {
  failures: ItemFailure[];
  /** The brake is to be applied to these. */
  brake: BrakeTarget[];
  /** To be enqueued. */
  jobs: ExecutionJob[];
}

/** What it is about is not there any more. */
export function isGone(item: Row<'bulk_items'>): ItemFailure {
  return { item, code: 'NOT_FOUND', message: 'It was removed in the meantime.' };
}
