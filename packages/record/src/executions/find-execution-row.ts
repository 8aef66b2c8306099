import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/** An execution without what belongs to it. */
export function findExecutionRow(
  db: Database,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<Row<'executions'> | undefined> {
  return db
    .selectFrom('executions')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
}
