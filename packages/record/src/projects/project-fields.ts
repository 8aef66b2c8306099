import { sql } from 'kysely';
import type { FieldTable } from '../filter/field-table.ts';

export const projectFields = {
  id: { kind: 'uuid', sql: sql.ref('projects.id') },
  /** As some clients spell it, too. */
  organizationId: { kind: 'uuid', sql: sql.ref('projects.organization_id') },
  'organization.id': { kind: 'uuid', sql: sql.ref('projects.organization_id') },
  name: { kind: 'text', sql: sql.ref('projects.name') },
  slug: { kind: 'text', sql: sql.ref('projects.slug') },
  description: { kind: 'text', sql: sql.ref('projects.description'), nullable: true },
  changeSequence: { kind: 'number', sql: sql.ref('projects.change_sequence') },
  createdOn: { kind: 'date', sql: sql.ref('projects.created_at') },
  updatedOn: { kind: 'date', sql: sql.ref('projects.updated_at') },
} as const satisfies FieldTable;
