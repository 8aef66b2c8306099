import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { type PageInfo, type PageRequest, selectPage } from '../paging/select-page.ts';
import { assistantFields } from './assistant-fields.ts';
import { type AssistantView, viewAssistants } from './assistant-view.ts';

/** @param of with `projectId`, the assistants of that project alone */
export async function listAssistants(
  db: Database,
  of: { organizationId: string; projectId?: string },
  request: PageRequest,
): Promise<{ rows: AssistantView[]; page: PageInfo }> {
  const { rows, page } = await selectPage(
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
  return { rows: await viewAssistants(db, rows), page };
}
