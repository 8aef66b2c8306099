import { FINISHED_STATUSES, statusValues } from '@gantry/domain/status';
import { CHANGED, noteChanges } from '../changes.ts';
import type { Database } from '../database.ts';

/** Removes a finished execution with its steps; what refers to it then refers to nothing. */
export async function deleteExecution(
  db: Database,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<'deleted' | 'unfinished' | 'not-found'> {
  const deleted = await db
    .deleteFrom('executions')
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where('status', 'in', statusValues(FINISHED_STATUSES))
    .returning(CHANGED)
    .execute();
  noteChanges(db, 'deleted', deleted);
  if (deleted.length > 0) return 'deleted';
  const standing = await db
    .selectFrom('executions')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return standing === undefined ? 'not-found' : 'unfinished';
}
