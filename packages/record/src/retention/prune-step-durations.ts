import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import type { Pruning } from './prune-executions.ts';

/** Forgets how long steps took that ended before an instant. */
export async function pruneStepDurations(tx: Tx, { before, batch }: Pruning): Promise<void> {
  await sql`
    delete from step_durations where ctid = any(array(
      select ctid from step_durations where hour < ${before} limit ${batch} for update skip locked
    ))`.execute(tx);
}
