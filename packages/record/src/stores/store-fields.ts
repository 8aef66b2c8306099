import { sql } from 'kysely';
import type { FieldTable } from '../filter/field-table.ts';

const column = (name: string) => sql.ref(`stores.${name}`);

export const storeFields = {
  id: { kind: 'text', sql: column('id') },
  projectId: { kind: 'uuid', sql: column('project_id'), nullable: true },
  orgSlug: { kind: 'text', sql: column('org_slug') },
  slug: { kind: 'text', sql: column('slug') },
  version: { kind: 'text', sql: column('version') },
  name: { kind: 'text', sql: column('name') },
  createdOn: { kind: 'date', sql: column('created_at') },
  updatedOn: { kind: 'date', sql: column('updated_at') },
} as const satisfies FieldTable;
