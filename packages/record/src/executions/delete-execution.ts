import type { Committed } from '@gantry/contracts/after-commit';
import { type ExecutionStatus, FINISHED_STATUSES, statusFromValue, statusValues } from '@gantry/domain/status';
import { type Actor, audit } from '../audit/audit.ts';
import { CHANGED, noteChanges } from '../changes/changes.ts';
import type { Database, Tx } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';

/** Removes a finished execution with its steps; what refers to it then refers to nothing. */
export function deleteExecution(
  db: Database,
  { organizationId, id, actor }: { organizationId: string; id: string; actor?: Actor },
): Promise<Committed<'deleted' | 'unfinished' | 'not-found'>> {
  return retryTransaction(db, async (tx) => {
    const { deleted, unfinished } = await deleteWithin(tx, { organizationId, executionIds: [id] });
    if (deleted > 0) {
      await audit(tx, actor, { action: 'delete', resource: 'execution', id });
      return 'deleted';
    }
    return unfinished.has(id) ? 'unfinished' : 'not-found';
  });
}

/**
 * The same for several at once, inside a transaction that is under way.
 * @returns how many are gone, and the statuses of those that stay because they are not finished
 */
export async function deleteWithin(
  tx: Tx,
  { organizationId, executionIds }: { organizationId: string; executionIds: readonly string[] },
): Promise<{ deleted: number; unfinished: Map<string, ExecutionStatus> }> {
  const deleted = await tx
    .deleteFrom('executions')
    .where('organization_id', '=', organizationId)
    .where('id', 'in', executionIds)
    .where('status', 'in', statusValues(FINISHED_STATUSES))
    .returning(CHANGED)
    .execute();
  noteChanges(tx, 'deleted', deleted);
  if (deleted.length === executionIds.length) return { deleted: deleted.length, unfinished: new Map() };
  const standing = await tx
    .selectFrom('executions')
    .select(['id', 'status'])
    .where('organization_id', '=', organizationId)
    .where('id', 'in', executionIds)
    .execute();
  const unfinished = new Map(standing.map(({ id, status }) => [id, statusFromValue(status)]));
  return { deleted: deleted.length, unfinished };
}
