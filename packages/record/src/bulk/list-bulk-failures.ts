import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import type { FieldTable } from '../filter/field-table.ts';
import { type PageRequest, type RowsOf, selectPage } from '../paging/select-page.ts';

const column = (name: string) => sql.ref(`bulk_failures.${name}`);

export const bulkFailureFields = {
  id: { kind: 'number', sql: column('ordinal') },
  executionId: { kind: 'uuid', sql: column('execution_id'), nullable: true },
  assistantId: { kind: 'uuid', sql: column('assistant_id'), nullable: true },
  documentFamilyId: { kind: 'text', sql: column('document_family_id'), nullable: true },
  code: { kind: 'text', sql: column('code') },
  message: { kind: 'text', sql: column('message') },
} as const satisfies FieldTable;

/** What an operation could not do, in the order in which it came to it. */
export function listBulkFailures(
  db: Database,
  operationId: string,
  request: PageRequest,
): Promise<RowsOf<'bulk_failures'>> {
  return selectPage(
    db,
    {
      table: 'bulk_failures',
      fields: bulkFailureFields,
      searched: ['code', 'message'],
      where: sql`operation_id = ${operationId}`,
      sort: [{ field: 'id', direction: 'asc' }],
    },
    request,
  );
}
