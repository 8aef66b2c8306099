import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { type PageRequest, type RowsOf, selectPage } from '../paging/select-page.ts';
import { secretFields } from './secret-fields.ts';

/** Those of an organization and of its projects. */
export function listSecrets(db: Database, organizationId: string, request: PageRequest): Promise<RowsOf<'secrets'>> {
  return selectPage(
    db,
    {
      table: 'secrets',
      fields: secretFields,
      searched: ['id', 'name'],
      where: sql`organization_id = ${organizationId}`,
      sort: [{ field: 'name', direction: 'asc' }],
    },
    request,
  );
}
