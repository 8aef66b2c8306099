import { sql } from 'kysely';
import type { FieldTable } from '../filter/field-table.ts';

export const keyFields = {
  id: { kind: 'uuid', sql: sql.ref('api_keys.id') },
  name: { kind: 'text', sql: sql.ref('api_keys.name') },
  createdOn: { kind: 'date', sql: sql.ref('api_keys.created_at') },
} as const satisfies FieldTable;
