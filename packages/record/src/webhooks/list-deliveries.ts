import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { type PageRequest, type RowsOf, selectPage } from '../paging/select-page.ts';
import { deliveryFields } from './delivery-fields.ts';

/** What was told to a webhook, or is to be, newest first. */
export function listDeliveries(
  db: Database,
  webhookId: string,
  request: PageRequest,
): Promise<RowsOf<'webhook_deliveries'>> {
  return selectPage(
    db,
    {
      table: 'webhook_deliveries',
      fields: deliveryFields,
      searched: ['id', 'event'],
      where: sql`webhook_id = ${webhookId}`,
      sort: [{ field: 'createdOn', direction: 'desc' }],
    },
    request,
  );
}
