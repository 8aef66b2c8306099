import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { familiesContaining } from '../families/families-containing.ts';
import { executionFields } from '../filter/execution-fields.ts';
import type { Field } from '../filter/field-table.ts';
import { type PageInfo, type PageRequest, selectPage } from '../paging/select-page.ts';
import { EXECUTION_ROLL_UP } from '../rollups/count-executions.ts';
import { VALUE_ROLL_UP } from '../rollups/value-roll-up.ts';
import { type ExecutionView, viewExecutions } from './execution-view.ts';

/** Newest first, unless asked otherwise. @param of with `assistantId`, those of that assistant alone */
export async function listExecutions(
  db: Database,
  of: { organizationId: string; assistantId?: string },
  request: PageRequest,
): Promise<{ views: ExecutionView[]; page: PageInfo }> {
  const documentFamilyId = await searchedByFamily(db, of.organizationId, request.search);
  const { rows, page } = await selectPage(
    db,
    {
      table: 'executions',
      fields: { ...executionFields, documentFamilyId },
      searched: ['id', 'description', 'assistantId', 'documentFamilyId'],
      where:
        of.assistantId === undefined
          ? sql`organization_id = ${of.organizationId}`
          : sql`organization_id = ${of.organizationId} and assistant_id = ${of.assistantId}`,
      sort: [{ field: 'createdOn', direction: 'desc' }],
      // The numbers of values are not kept by assistant.
      rollUps: of.assistantId === undefined ? [EXECUTION_ROLL_UP, VALUE_ROLL_UP] : [EXECUTION_ROLL_UP],
    },
    request,
  );
  return { views: await viewExecutions(db, rows, { outputs: false }), page };
}

/**
 * Executions whose family has a text in its id are found by their families, which are fewer and written once: so that the
 * index of such texts holds those alone that no event has created, whose family need not exist.
 */
async function searchedByFamily(db: Database, organizationId: string, search: string | undefined): Promise<Field> {
  const { documentFamilyId } = executionFields;
  const families = search === undefined ? undefined : await familiesContaining(db, organizationId, search);
  if (families === undefined) return documentFamilyId;
  return {
    ...documentFamilyId,
    searched: (test) =>
      sql`((executions.event_id is null and ${test}) or executions.document_family_id = any(${families}::text[]))`,
  };
}
