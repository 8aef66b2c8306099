import { FINISHED_STATUSES, statusValues } from '@gantry/domain/status';
import type { Database } from '../database.ts';

/** Removes a finished execution with its steps; what refers to it then refers to nothing. */
export async function deleteExecution(
  db: Database,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<'deleted' | 'unfinished' | 'not-found'> {
  const { numDeletedRows } = await db
    .deleteFrom('executions')
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where('status', 'in', statusValues(FINISHED_STATUSES))
    .executeTakeFirst();
  if (numDeletedRows > 0n) return 'deleted';
  const standing = await db
    .selectFrom('executions')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return standing === undefined ? 'not-found' : 'unfinished';
}
