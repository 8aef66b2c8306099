import type { FilterTest } from '@gantry/domain/filter/filter-node';
import { sql } from 'kysely';
import { contains } from '../filter/compile-search.ts';
import type { FieldTable } from '../filter/field-table.ts';
import { containment, ofEquality } from '../filter/implied-condition.ts';

const column = (name: string) => sql.ref(`document_families.${name}`);

/** What the index of families has as their text, in its words: the id, unless it is a uuid, and the path. */
const TEXT = sql`(case when document_families.id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then ''
  else document_families.id || ' ' end || coalesce(document_families.path, ''))`;

function textHas(test: FilterTest) {
  return test.kind === 'like' ? contains(test.pattern, TEXT) : ofEquality(test, (path) => contains(`${path}`, TEXT));
}

export const familyFields = {
  id: { kind: 'text', sql: column('id'), mostlyUuids: true, within: TEXT },
  projectId: { kind: 'uuid', sql: column('project_id'), nullable: true, thenBy: 'createdOn' },
  storeId: { kind: 'text', sql: column('store_id'), nullable: true },
  path: { kind: 'text', sql: column('path'), nullable: true, within: TEXT, implied: textHas },
  documentStatus: { kind: 'text', sql: column('document_status'), nullable: true },
  locked: { kind: 'boolean', sql: column('locked') },
  metadata: {
    kind: 'json',
    sql: column('metadata'),
    implied: (test: FilterTest) => containment(test, column('metadata')),
  },
  labels: {
    kind: 'text',
    sql: sql`label.name`,
    some: (test) => sql`exists (select from unnest(document_families.labels) as label(name) where ${test})`,
    implied: (test: FilterTest) => ofEquality(test, (label) => sql`document_families.labels @> array[${label}::text]`),
  },
  changeSequence: { kind: 'number', sql: column('change_sequence') },
  createdOn: { kind: 'date', sql: column('created_at') },
  updatedOn: { kind: 'date', sql: column('updated_at') },
} as const satisfies FieldTable;
