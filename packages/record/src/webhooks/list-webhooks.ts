import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { type PageRequest, type RowsOf, selectPage } from '../paging/select-page.ts';
import { webhookFields } from './webhook-fields.ts';

export function listWebhooks(db: Database, organizationId: string, request: PageRequest): Promise<RowsOf<'webhooks'>> {
  return selectPage(
    db,
    {
      table: 'webhooks',
      fields: webhookFields,
      searched: ['id', 'name', 'url'],
      where: sql`organization_id = ${organizationId}`,
      sort: [{ field: 'createdOn', direction: 'asc' }],
    },
    request,
  );
}
