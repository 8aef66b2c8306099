import { type RawBuilder, sql, type Transaction } from 'kysely';
import { familyFields } from '../families/family-fields.ts';
import { withStoreIds } from '../families/stores-in-filter.ts';
import type { Row, Tables } from '../schema/tables.ts';
import { type AnnouncedKind, announce, type Listening, whoListens } from './announce.ts';

type Updated = Pick<
  Row<'document_families'>,
  'id' | 'project_id' | 'store_id' | 'path' | 'labels' | 'document_status' | 'change_sequence' | 'updated_at'
>;

const ANNOUNCED: AnnouncedKind<Updated> = {
  events: ['document-family.updated'],
  fields: familyFields,
  resolve: withStoreIds,
  project: sql.ref('document_families.project_id'),
  async select(tx, organizationId, ids, condition) {
    const { rows } = await sql<Updated>`
      select id, project_id, store_id, path, labels, document_status, change_sequence, updated_at
      from document_families
      where organization_id = ${organizationId} and id = any(${[...ids]}::text[]) and ${condition} order by id`.execute(
      tx,
    );
    return rows;
  },
  tell(row) {
    const data = {
      id: row.id,
      projectId: row.project_id,
      storeId: row.store_id,
      path: row.path,
      labels: row.labels,
      documentStatus: row.document_status,
      changeSequence: row.change_sequence,
      updatedOn: row.updated_at.toISOString(),
    };
    return [{ event: 'document-family.updated', key: `${row.id}:${row.change_sequence}`, data }];
  },
};

/** Tells of document families that this transaction has changed. */
export function announceFamilies(
  tx: Transaction<Tables>,
  changed: readonly { organization_id: string; id: string }[],
  now: Date,
  listening?: readonly Listening[],
): Promise<void> {
  return announce(tx, ANNOUNCED, changed, now, listening);
}

export function whoListensToFamilies(organizationIds: readonly string[]): RawBuilder<Listening> {
  return whoListens(organizationIds, ANNOUNCED.events);
}
