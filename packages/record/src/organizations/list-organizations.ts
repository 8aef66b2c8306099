import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { type PageRequest, type RowsOf, selectPage } from '../paging/select-page.ts';
import { organizationFields } from './organization-fields.ts';

/** All of them: for the one that runs Gantry. */
export function listOrganizations(db: Database, request: PageRequest): Promise<RowsOf<'organizations'>> {
  return selectPage(
    db,
    {
      table: 'organizations',
      fields: organizationFields,
      searched: ['id', 'name', 'slug'],
      where: sql`true`,
      sort: [{ field: 'createdOn', direction: 'asc' }],
    },
    request,
  );
}
