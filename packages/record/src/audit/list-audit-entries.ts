import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import type { FieldTable } from '../filter/field-table.ts';
import { type PageRequest, type RowsOf, selectPage } from '../paging/select-page.ts';

const column = (name: string) => sql.ref(`audit_entries.${name}`);

export const auditFields = {
  id: { kind: 'uuid', sql: column('id') },
  at: { kind: 'date', sql: column('at') },
  keyId: { kind: 'uuid', sql: column('key_id'), nullable: true },
  keyName: { kind: 'text', sql: column('key_name') },
  action: { kind: 'text', sql: column('action') },
  resource: { kind: 'text', sql: column('resource') },
  resourceId: { kind: 'text', sql: column('resource_id') },
} as const satisfies FieldTable;

/** Newest first, unless asked otherwise. */
export function listAuditEntries(
  db: Database,
  organizationId: string,
  request: PageRequest,
): Promise<RowsOf<'audit_entries'>> {
  return selectPage(
    db,
    {
      table: 'audit_entries',
      fields: auditFields,
      searched: ['keyName', 'action', 'resource', 'resourceId'],
      where: sql`organization_id = ${organizationId}`,
      sort: [{ field: 'at', direction: 'desc' }],
    },
    request,
  );
}
