import type { Committed } from '@gantry/contracts/after-commit';
import { FINISHED_STATUSES, statusValues } from '@gantry/domain/status';
import { type Actor, audit } from '../audit/audit.ts';
import { CHANGED, noteChanges } from '../changes/changes.ts';
import type { Database } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';

/** Removes a finished execution with its steps; what refers to it then refers to nothing. */
export function deleteExecution(
  db: Database,
  { organizationId, id, actor }: { organizationId: string; id: string; actor?: Actor },
): Promise<Committed<'deleted' | 'unfinished' | 'not-found'>> {
  return retryTransaction(db, async (tx) => {
    const deleted = await tx
      .deleteFrom('executions')
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .where('status', 'in', statusValues(FINISHED_STATUSES))
      .returning(CHANGED)
      .execute();
    noteChanges(tx, 'deleted', deleted);
    if (deleted.length > 0) {
      await audit(tx, actor, { action: 'delete', resource: 'execution', id });
      return 'deleted';
    }
    const standing = await tx
      .selectFrom('executions')
      .select('id')
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .executeTakeFirst();
    return standing === undefined ? 'not-found' : 'unfinished';
  });
}
