import { attemptsOf } from '@gantry/domain/attempt-history';
import type { StepAttempt } from '@gantry/domain/step-attempt';
import type { Database } from '../connection/database.ts';
import { stepState } from '../fold/load-states.ts';
import { STEP_COLUMNS } from './execution-view.ts';

/** Every attempt of every step that is kept, by step and then oldest first. */
export async function listAttempts(db: Database, executionId: string): Promise<(StepAttempt & { step: number })[]> {
  const steps = await db
    .selectFrom('execution_steps')
    .select([...STEP_COLUMNS, 'attempt_started_at', 'worker_id', 'earlier_attempts'])
    .where('execution_id', '=', executionId)
    .orderBy('ordinal')
    .execute();
  return steps.flatMap((row) => attemptsOf(stepState(row)).map((attempt) => ({ ...attempt, step: row.ordinal })));
}
