import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { type PageRequest, type RowsOf, selectPage } from '../paging/select-page.ts';
import { storeFields } from './store-fields.ts';

export function listStores(db: Database, organizationId: string, request: PageRequest): Promise<RowsOf<'stores'>> {
  return selectPage(
    db,
    {
      table: 'stores',
      fields: storeFields,
      searched: ['id', 'name', 'orgSlug', 'slug'],
      where: sql`organization_id = ${organizationId}`,
      sort: [{ field: 'createdOn', direction: 'asc' }],
    },
    request,
  );
}
