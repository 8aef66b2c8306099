import { statusValue } from '@gantry/domain/status';
import { sql } from 'kysely';
import { type ChangedRow, changedColumns, noteChanges } from '../changes/changes.ts';
import type { Tx } from '../connection/database.ts';

/**
 * Says of executions that were being replaced how it went, once their replacements have finished: REPROCESSED after a
 * success, else what they were before. Does nothing for executions that replace none.
 */
export async function settleReplacements(tx: Tx, finishedIds: readonly string[], now: Date): Promise<void> {
  if (finishedIds.length === 0) return;
  const { rows } = await sql<ChangedRow>`
    with settled as (
      update executions set replaces = null where id = any(${finishedIds}) and replaces is not null
      returning reprocess_of as id, status
    )
    update executions as replaced
    set status = case when settled.status = ${statusValue('SUCCEEDED')} then ${statusValue('REPROCESSED')}::smallint else replaced.previous_status end,
      previous_status = null, updated_at = ${now}, change_sequence = change_sequence + 1
    from settled
    where replaced.id = settled.id and replaced.status = ${statusValue('PENDING_REPROCESSING')}
    returning ${changedColumns('replaced')}`.execute(tx);
  noteChanges(tx, 'status', rows);
}
