import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { executionFields } from '../filter/execution-fields.ts';
import { type PageInfo, type PageRequest, selectPage } from '../paging/select-page.ts';
import { EXECUTION_ROLL_UP } from '../rollups/count-executions.ts';
import { type ExecutionView, viewExecutions } from './execution-view.ts';

/** Newest first, unless asked otherwise. @param of with `assistantId`, those of that assistant alone */
export async function listExecutions(
  db: Database,
  of: { organizationId: string; assistantId?: string },
  request: PageRequest,
): Promise<{ views: ExecutionView[]; page: PageInfo }> {
  const { rows, page } = await selectPage(
    db,
    {
      table: 'executions',
      fields: executionFields,
      searched: ['id', 'description', 'assistantId', 'documentFamilyId'],
      where:
        of.assistantId === undefined
          ? sql`organization_id = ${of.organizationId}`
          : sql`organization_id = ${of.organizationId} and assistant_id = ${of.assistantId}`,
      sort: [{ field: 'createdOn', direction: 'desc' }],
      rollUp: EXECUTION_ROLL_UP,
    },
    request,
  );
  return { views: await viewExecutions(db, rows, { outputs: false }), page };
}
