import { sql } from 'kysely';
import type { FieldTable } from '../filter/field-table.ts';

const column = (name: string) => sql.ref(`bulk_operations.${name}`);

export const bulkFields = {
  id: { kind: 'uuid', sql: column('id') },
  kind: { kind: 'text', sql: column('kind') },
  total: { kind: 'number', sql: column('total') },
  done: { kind: 'number', sql: column('done') },
  failed: { kind: 'number', sql: column('failed') },
  createdOn: { kind: 'date', sql: column('created_at') },
  updatedOn: { kind: 'date', sql: column('updated_at') },
  finishedOn: { kind: 'date', sql: column('finished_at'), nullable: true },
} as const satisfies FieldTable;
