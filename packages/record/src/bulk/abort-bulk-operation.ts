import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';
import { announceBulkOperation } from '../webhooks/announced-bulk-operations.ts';

/** Ends an operation where it is: what it has done stays done. A batch that is under way is waited for. */
export async function abortBulkOperation(
  db: Database,
  { organizationId, id, now, actor }: { organizationId: string; id: string; now: Date; actor?: Actor },
): Promise<'aborted' | 'finished' | 'not-found'> {
  const { result } = await retryTransaction(db, async (tx) => {
    const operation = await tx
      .selectFrom('bulk_operations')
      .select('finished_at')
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (operation === undefined) return 'not-found';
    if (operation.finished_at !== null) return 'finished';
    await tx
      .updateTable('bulk_operations')
      .set({ aborted_at: now, finished_at: now, updated_at: now })
      .where('id', '=', id)
      .execute();
    await tx.deleteFrom('bulk_items').where('operation_id', '=', id).execute();
    await announceBulkOperation(tx, { organization_id: organizationId, id }, now);
    await audit(tx, actor, { action: 'abort', resource: 'bulk-operation', id });
    return 'aborted';
  });
  return result;
}
