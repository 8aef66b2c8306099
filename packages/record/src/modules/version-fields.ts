import { sql } from 'kysely';
import type { FieldTable } from '../filter/field-table.ts';

const column = (name: string) => sql.ref(`module_versions.${name}`);

export const versionFields = {
  id: { kind: 'uuid', sql: column('id') },
  version: { kind: 'text', sql: column('version') },
  name: { kind: 'text', sql: column('name') },
  sha256: { kind: 'text', sql: column('sha256') },
  publishedBy: { kind: 'text', sql: column('published_by') },
  publishedOn: { kind: 'date', sql: column('published_at') },
  withdrawnOn: { kind: 'date', sql: column('withdrawn_at'), nullable: true },
} as const satisfies FieldTable;
