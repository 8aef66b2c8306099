import { STATUS_MESSAGES_KEPT } from '@gantry/domain/status-message';
import { sql } from 'kysely';
import { type ChangedRow, changedColumns, noteChanges } from '../changes/changes.ts';
import type { Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/**
 * Adds what executions say that they are doing, each message once; of each execution the newest are kept, and the newest
 * is what its status details say. The executions are locked by the caller.
 */
export async function addStatusMessages(tx: Tx, messages: readonly Row<'status_messages'>[], now: Date): Promise<void> {
  if (messages.length === 0) return;
  const { rows: added } = await sql<{ execution_id: string }>`
    insert into status_messages
    select * from jsonb_populate_recordset(null::status_messages, ${JSON.stringify(messages)}::jsonb)
    on conflict do nothing
    returning execution_id`.execute(tx);
  const ids = [...new Set(added.map((message) => message.execution_id))];
  if (ids.length === 0) return;
  await sql`
    delete from status_messages as message using (
      select execution_id, id, row_number() over (partition by execution_id order by id desc) as place
      from status_messages where execution_id = any(${ids})
    ) as placed
    where message.execution_id = placed.execution_id and message.id = placed.id and place > ${STATUS_MESSAGES_KEPT}`.execute(
    tx,
  );
  const { rows: changed } = await sql<ChangedRow>`
    update executions set updated_at = ${now}, change_sequence = change_sequence + 1,
      status_details = jsonb_build_object('status', newest.type, 'message', newest.title, 'detail', newest.subtitle)
    from (
      select distinct on (execution_id) * from status_messages where execution_id = any(${ids})
      order by execution_id, id desc
    ) as newest
    where executions.id = newest.execution_id
    returning ${changedColumns()}`.execute(tx);
  noteChanges(tx, 'message', changed);
}
