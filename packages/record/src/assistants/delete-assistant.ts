import { sql } from 'kysely';
import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';
import type { AssistantName } from './find-assistant.ts';

/** Rows in one transaction: whoever else changes them waits a fraction of a second. */
const BATCH = 1_000;

/**
 * Its executions stay, without it. It is switched off first, so that no more of them come, and they are let go a batch at
 * a time, however many there are. Cut off in the middle, the same call goes on where it ended.
 */
export async function deleteAssistant(db: Database, name: AssistantName, actor?: Actor): Promise<boolean> {
  const { organizationId, id, projectId } = name;
  const { numUpdatedRows } = await db
    .updateTable('assistants')
    .set({ active: false })
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .$if(projectId !== undefined, (query) => query.where('project_id', '=', projectId ?? ''))
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  for (let last: Position | undefined = FIRST; last !== undefined; ) last = await letGoOfBatch(db, id, last);
  const { result } = await retryTransaction(db, async (tx) => {
    const deleted = await tx.deleteFrom('assistants').where('id', '=', id).returning('name').executeTakeFirst();
    if (deleted === undefined) return false;
    await audit(tx, actor, { action: 'delete', resource: 'assistant', id, details: deleted });
    return true;
  });
  return result;
}

/** Where a batch ended, in the order of an index; as text, which has the microseconds. */
interface Position {
  createdAt: string;
  id: string;
}

const FIRST: Position = { createdAt: '-infinity', id: '00000000-0000-0000-0000-000000000000' };

/** @returns where the batch ended; undefined when it was the last one */
async function letGoOfBatch(db: Database, assistantId: string, after: Position): Promise<Position | undefined> {
  const { result } = await retryTransaction(db, (tx) =>
    sql<Position>`
      with batch as (
        select id, created_at from executions
        where assistant_id = ${assistantId} and (created_at, id) > (${after.createdAt}::timestamptz, ${after.id}::uuid)
        order by created_at, id limit ${BATCH} for no key update
      ), detached as (
        update executions set assistant_id = null from batch where executions.id = batch.id
      )
      select created_at::text as "createdAt", id from batch order by created_at, id`.execute(tx),
  );
  return result.rows.length < BATCH ? undefined : result.rows.at(-1);
}
