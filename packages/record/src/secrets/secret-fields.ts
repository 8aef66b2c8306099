import { sql } from 'kysely';
import type { FieldTable } from '../filter/field-table.ts';

const column = (name: string) => sql.ref(`secrets.${name}`);

export const secretFields = {
  id: { kind: 'uuid', sql: column('id') },
  name: { kind: 'text', sql: column('name') },
  projectId: { kind: 'uuid', sql: column('project_id'), nullable: true },
  createdOn: { kind: 'date', sql: column('created_at') },
  updatedOn: { kind: 'date', sql: column('updated_at') },
} as const satisfies FieldTable;
