import type { Database, Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

export function findWebhook(
  db: Database | Tx,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<Row<'webhooks'> | undefined> {
  return db
    .selectFrom('webhooks')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
}
