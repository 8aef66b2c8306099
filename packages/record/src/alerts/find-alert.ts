import type { Database, Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

export function findAlert(
  db: Database | Tx,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<Row<'alerts'> | undefined> {
  return db
    .selectFrom('alerts')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
}
