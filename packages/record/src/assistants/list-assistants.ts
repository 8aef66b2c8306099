import { sql } from 'kysely';
import type { Database } from '../database.ts';
import { type PageRequest, type RowsOf, selectPage } from '../select-page.ts';
import { assistantFields } from './assistant-fields.ts';

/** @param of with `projectId`, the assistants of that project alone */
export function listAssistants(
  db: Database,
  of: { organizationId: string; projectId?: string },
  request: PageRequest,
): Promise<RowsOf<'assistants'>> {
  return selectPage(
    db,
    {
      table: 'assistants',
      fields: assistantFields,
      searched: ['id', 'name', 'slug', 'description'],
      where:
        of.projectId === undefined
          ? sql`organization_id = ${of.organizationId}`
          : sql`organization_id = ${of.organizationId} and project_id = ${of.projectId}`,
      sort: [{ field: 'createdOn', direction: 'asc' }],
    },
    request,
  );
}
