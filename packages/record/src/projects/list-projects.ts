import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { type PageRequest, type RowsOf, selectPage } from '../paging/select-page.ts';
import { projectFields } from './project-fields.ts';

export function listProjects(db: Database, organizationId: string, request: PageRequest): Promise<RowsOf<'projects'>> {
  return selectPage(
    db,
    {
      table: 'projects',
      fields: projectFields,
      searched: ['id', 'name', 'slug', 'description'],
      where: sql`organization_id = ${organizationId}`,
      sort: [{ field: 'createdOn', direction: 'asc' }],
    },
    request,
  );
}
