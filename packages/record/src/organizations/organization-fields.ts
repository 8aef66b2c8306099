import { sql } from 'kysely';
import type { FieldTable } from '../filter/field-table.ts';

export const organizationFields = {
  id: { kind: 'uuid', sql: sql.ref('organizations.id') },
  slug: { kind: 'text', sql: sql.ref('organizations.slug') },
  name: { kind: 'text', sql: sql.ref('organizations.name') },
  createdOn: { kind: 'date', sql: sql.ref('organizations.created_at') },
} as const satisfies FieldTable;
