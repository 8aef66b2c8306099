import { sql } from 'kysely';
import type { FieldTable } from '../filter/field-table.ts';

const column = (name: string) => sql.ref(`modules.${name}`);

export const moduleFields = {
  id: { kind: 'uuid', sql: column('id') },
  orgSlug: { kind: 'text', sql: column('org_slug') },
  slug: { kind: 'text', sql: column('slug') },
  version: { kind: 'text', sql: column('version') },
  name: { kind: 'text', sql: column('name') },
  description: { kind: 'text', sql: column('description'), nullable: true },
  moduleType: { kind: 'text', sql: column('module_type') },
  metadata: { kind: 'json', sql: column('metadata') },
  active: { kind: 'boolean', sql: column('active') },
  withdrawnOn: { kind: 'date', sql: column('withdrawn_at'), nullable: true },
  changeSequence: { kind: 'number', sql: column('change_sequence') },
  createdOn: { kind: 'date', sql: column('created_at') },
  updatedOn: { kind: 'date', sql: column('updated_at') },
} as const satisfies FieldTable;
