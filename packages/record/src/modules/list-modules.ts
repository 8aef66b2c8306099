import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { type PageRequest, type RowsOf, selectPage } from '../paging/select-page.ts';
import { moduleFields } from './module-fields.ts';

/** The organization's own modules and those that ship with Gantry. */
export function listModules(db: Database, organizationId: string, request: PageRequest): Promise<RowsOf<'modules'>> {
  return selectPage(
    db,
    {
      table: 'modules',
      fields: moduleFields,
      searched: ['id', 'name', 'orgSlug', 'slug', 'description'],
      where: sql`organization_id = ${organizationId} or organization_id is null`,
      sort: [
        { field: 'orgSlug', direction: 'asc' },
        { field: 'slug', direction: 'asc' },
      ],
    },
    request,
  );
}
