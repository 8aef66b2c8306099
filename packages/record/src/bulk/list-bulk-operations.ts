import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { type PageRequest, type RowsOf, selectPage } from '../paging/select-page.ts';
import { bulkFields } from './bulk-fields.ts';

export function listBulkOperations(
  db: Database,
  organizationId: string,
  request: PageRequest,
): Promise<RowsOf<'bulk_operations'>> {
  return selectPage(
    db,
    {
      table: 'bulk_operations',
      fields: bulkFields,
      searched: ['id', 'kind'],
      where: sql`organization_id = ${organizationId}`,
      sort: [{ field: 'createdOn', direction: 'desc' }],
    },
    request,
  );
}
