import type { ExceptionDetails } from '@gantry/domain/exception-details';
import { statusValue } from '@gantry/domain/status';
import { STEP_STATUSES } from '@gantry/domain/step-status';
import { sql } from 'kysely';
import { type ChangedRow, changedColumns, noteChanges } from '../changes/changes.ts';
import { jsonb, type Tx } from '../connection/database.ts';
import { settleReplacements } from '../reprocess/settle-replacements.ts';
import { announceEnded } from '../webhooks/announced-executions.ts';
import { becoming, heeding } from './command-sql.ts';

/**
 * Fails an execution of which nothing more can be learned; one that is being cancelled is CANCELLED instead. Its steps
 * end with it, and nothing of it is left in Redis.
 */
export async function failExecution(tx: Tx, executionId: string, error: ExceptionDetails, now: Date): Promise<void> {
  const { rows } = await sql<ChangedRow>`
    update executions set
      status = ${becoming('giveUp')}, exception_details = ${jsonb(error)}, dedup_key = null, finished_at = ${now}, updated_at = ${now},
      change_sequence = change_sequence + 1
    where id = ${executionId} and status = any(${heeding('giveUp')})
    returning ${changedColumns()}`.execute(tx);
  tx.after.brake.push({ executionId, epoch: 0 });
  tx.after.forget.push(executionId);
  const [ended] = rows;
  if (ended === undefined) return;
  noteChanges(tx, 'status', rows);
  const stepsEnd = ended.status === statusValue('CANCELLED') ? STEP_STATUSES.CANCELLED : STEP_STATUSES.SKIPPED;
  await sql`
    insert into execution_steps (execution_id, ordinal, ref, name, status, attempt)
    select id, place - 1, step ->> 'ref', step ->> 'name', ${stepsEnd}::smallint, 0
    from executions, jsonb_array_elements(pipeline -> 'steps') with ordinality as defined(step, place) where id = ${executionId}
    on conflict (execution_id, ordinal) do update set status = excluded.status
    where execution_steps.status in (${STEP_STATUSES.PENDING}, ${STEP_STATUSES.RUNNING})`.execute(tx);
  await settleReplacements(tx, [executionId], now);
  await announceEnded(tx, rows, now);
}
