import type { Database } from '../connection/database.ts';
import { STEP_COLUMNS, type StepRow } from './execution-view.ts';

/** The steps of an execution that have begun or ended, without their outputs. */
export function listSteps(db: Database, executionId: string): Promise<StepRow[]> {
  return db
    .selectFrom('execution_steps')
    .select(STEP_COLUMNS)
    .where('execution_id', '=', executionId)
    .orderBy('ordinal')
    .execute();
}
