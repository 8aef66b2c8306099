import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

export function findBulkOperation(
  db: Database,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<Row<'bulk_operations'> | undefined> {
  return db
    .selectFrom('bulk_operations')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
}
