import type { FilterTest } from '@gantry/domain/filter/filter-node';
import { type RawBuilder, sql } from 'kysely';
import { contains } from '../filter/compile-search.ts';
import { containment, ofEquality } from '../filter/containment.ts';
import type { FieldTable } from '../filter/field-table.ts';

const column = (name: string) => sql.ref(`document_families.${name}`);

/** What the index of families has as their text, in its words: the id, unless it is a uuid, and the path. */
const TEXT = sql`(case when document_families.id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then ''
  else document_families.id || ' ' end || coalesce(document_families.path, ''))`;

/** The text of what passes has the path, and so may that of others: the test still decides. */
function textHasPath(node: FilterTest, test: RawBuilder<boolean>): RawBuilder<boolean> | undefined {
  const has =
    node.kind === 'like' ? contains(node.pattern, TEXT) : ofEquality(node, (path) => contains(`${path}`, TEXT));
  return has && sql`${has} and ${test}`;
}

export const familyFields = {
  id: { kind: 'text', sql: column('id'), mostlyUuids: true, within: TEXT },
  projectId: { kind: 'uuid', sql: column('project_id'), nullable: true, thenBy: 'createdOn' },
  storeId: { kind: 'text', sql: column('store_id'), nullable: true },
  path: { kind: 'text', sql: column('path'), nullable: true, within: TEXT, indexed: textHasPath },
  documentStatus: { kind: 'text', sql: column('document_status'), nullable: true },
  locked: { kind: 'boolean', sql: column('locked') },
  metadata: {
    kind: 'json',
    sql: column('metadata'),
    indexed: (node: FilterTest) => containment(node, column('metadata')),
  },
  labels: {
    kind: 'text',
    sql: sql`label.name`,
    some: (test) => sql`exists (select from unnest(document_families.labels) as label(name) where ${test})`,
    indexed: (node: FilterTest) => ofEquality(node, (label) => sql`document_families.labels @> array[${label}::text]`),
  },
  changeSequence: { kind: 'number', sql: column('change_sequence') },
  createdOn: { kind: 'date', sql: column('created_at') },
  updatedOn: { kind: 'date', sql: column('updated_at') },
} as const satisfies FieldTable;
