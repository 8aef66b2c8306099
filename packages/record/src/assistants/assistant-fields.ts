import { sql } from 'kysely';
import type { FieldTable } from '../filter/field-table.ts';

const column = (name: string) => sql.ref(`assistants.${name}`);

export const assistantFields = {
  id: { kind: 'uuid', sql: column('id') },
  projectId: { kind: 'uuid', sql: column('project_id') },
  name: { kind: 'text', sql: column('name') },
  slug: { kind: 'text', sql: column('slug') },
  description: { kind: 'text', sql: column('description'), nullable: true },
  active: { kind: 'boolean', sql: column('active') },
  priorityHint: { kind: 'number', sql: column('priority_hint'), nullable: true },
  subscription: { kind: 'text', sql: column('subscription'), nullable: true },
  deduplication: { kind: 'text', sql: column('deduplication') },
  options: { kind: 'json', sql: column('options') },
  changeSequence: { kind: 'number', sql: column('change_sequence') },
  createdOn: { kind: 'date', sql: column('created_at') },
  updatedOn: { kind: 'date', sql: column('updated_at') },
} as const satisfies FieldTable;
