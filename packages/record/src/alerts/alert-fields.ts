import { sql } from 'kysely';
import type { FieldTable } from '../filter/field-table.ts';

const column = (name: string) => sql.ref(`alerts.${name}`);

export const alertFields = {
  id: { kind: 'uuid', sql: column('id') },
  name: { kind: 'text', sql: column('name') },
  kind: { kind: 'text', sql: sql`(alerts.condition ->> 'kind')` },
  projectId: { kind: 'uuid', sql: column('project_id'), nullable: true },
  assistantId: { kind: 'uuid', sql: column('assistant_id'), nullable: true },
  active: { kind: 'boolean', sql: column('active') },
  firingSince: { kind: 'date', sql: column('firing_since'), nullable: true },
  createdOn: { kind: 'date', sql: column('created_at') },
  updatedOn: { kind: 'date', sql: column('updated_at') },
} as const satisfies FieldTable;
