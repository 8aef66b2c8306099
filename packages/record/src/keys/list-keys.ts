import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { type PageRequest, type RowsOf, selectPage } from '../paging/select-page.ts';
import { keyFields } from './key-fields.ts';

/** The keys of an organization that are not revoked. */
export function listKeys(db: Database, organizationId: string, request: PageRequest): Promise<RowsOf<'api_keys'>> {
  return selectPage(
    db,
    {
      table: 'api_keys',
      fields: keyFields,
      searched: ['id', 'name'],
      where: sql`organization_id = ${organizationId} and revoked_at is null`,
      sort: [{ field: 'createdOn', direction: 'asc' }],
    },
    request,
  );
}
