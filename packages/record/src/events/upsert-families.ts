import type { ContentObject } from '@gantry/contracts/document-snapshot';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { withContentObjects } from '../families/content-objects.ts';
import type { Row } from '../schema/tables.ts';
import { announceFamilies } from '../webhooks/announced-families.ts';
import type { StoredEvent } from './insert-events.ts';
import type { StoreRow } from './resolve-stores.ts';

export type FamilyRow = Pick<
  Row<'document_families'>,
  | 'organization_id'
  | 'id'
  | 'project_id'
  | 'store_id'
  | 'path'
  | 'labels'
  | 'mixins'
  | 'metadata'
  | 'content_objects'
  | 'document_status'
>;

const FAMILY_COLUMNS = sql.raw(
  [
    'family.organization_id, family.id, family.project_id, family.store_id, family.path, family.labels, family.mixins',
    'family.metadata, family.content_objects, family.document_status',
  ].join(', '),
);

export function familyKey(organizationId: string, familyId: string): string {
  return `${organizationId} ${familyId}`;
}

/**
 * Brings the document families that events speak of up to what they say, and returns them as they are then. Rows are
 * locked in sorted order.
 */
export async function upsertFamilies(
  tx: Tx,
  events: readonly StoredEvent[],
  storeOf: (event: StoredEvent) => StoreRow | undefined,
  now: Date,
): Promise<Map<string, FamilyRow>> {
  const speaking = events.filter(({ event }) => event.documentFamilyId !== null);
  const keys = [
    ...new Map(
      speaking.map(({ event }) => {
        const id = event.documentFamilyId ?? '';
        return [familyKey(event.organizationId, id), { organization_id: event.organizationId, id }];
      }),
    ).values(),
  ].sort((a, b) => (familyKey(a.organization_id, a.id) < familyKey(b.organization_id, b.id) ? -1 : 1));
  if (keys.length === 0) return new Map();

  const wanted = sql`jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as wanted(organization_id uuid, id text)`;
  await sql`
    insert into document_families (organization_id, id, created_at, updated_at)
    select organization_id, id, ${now}, ${now} from ${wanted}
    on conflict (organization_id, id) do nothing`.execute(tx);
  const { rows } = await sql<FamilyRow>`
    select ${FAMILY_COLUMNS}
    from document_families as family where (organization_id, id) in (select organization_id, id from ${wanted})
    order by organization_id, id for update`.execute(tx);

  const before = new Map(rows.map((row) => [familyKey(row.organization_id, row.id), row]));
  const after = new Map(before);
  for (const stored of speaking) {
    const key = familyKey(stored.event.organizationId, stored.event.documentFamilyId ?? '');
    const family = after.get(key);
    if (family && !stored.duplicate) after.set(key, familyAfter(family, stored, storeOf(stored), now));
  }
  const changed = [...after].filter(([key, family]) => family !== before.get(key)).map(([, family]) => family);
  const updated = await update(tx, changed, now);
  for (const family of updated) after.set(familyKey(family.organization_id, family.id), family);
  await announceFamilies(tx, updated, now);
  return after;
}

/** What an event says of its family replaces what was known; what it does not mention stays. */
function familyAfter(
  family: FamilyRow,
  { event, projectId }: StoredEvent,
  store: StoreRow | undefined,
  now: Date,
): FamilyRow {
  const said = event.documentFamily;
  const { contentObjectId } = event;
  const known = contentObjectId === null || family.content_objects.some((object) => object.id === contentObjectId);
  if (known && said === null && family.project_id !== null && (store === undefined || family.store_id !== null))
    return family;
  const storeId = family.store_id ?? store?.id ?? null;
  const added: Omit<ContentObject, 'index'>[] = known
    ? []
    : [
        {
          id: contentObjectId,
          contentType: said?.contentType ?? 'DOCUMENT',
          documentFamilyId: family.id,
          storeRef: store ? `${store.org_slug}/${store.slug}:${store.version}` : null,
          contentRef: null,
          labels: [],
          mixins: [],
          metadata: {},
          size: null,
          createdOn: now.toISOString(),
        },
      ];
  return {
    ...family,
    project_id: family.project_id ?? projectId,
    store_id: storeId,
    path: said?.path ?? family.path,
    labels: said?.labels ?? family.labels,
    mixins: said?.mixins ?? family.mixins,
    metadata: said?.metadata ?? family.metadata,
    content_objects: withContentObjects(family.content_objects, added),
  };
}

/**
 * A path that another family of the store has, or takes at the same time, stays with that one: this family keeps the
 * path it had in that store, if any.
 */
async function update(tx: Tx, families: readonly FamilyRow[], now: Date): Promise<FamilyRow[]> {
  if (families.length === 0) return [];
  const { rows } = await sql<FamilyRow>`
    with said as (
      select *, row_number() over (partition by organization_id, store_id, path order by id) as place
      from jsonb_populate_recordset(null::document_families, ${JSON.stringify(families)}::jsonb)
    )
    update document_families as family
    set project_id = said.project_id, store_id = said.store_id, labels = said.labels, mixins = said.mixins,
      metadata = said.metadata, content_objects = said.content_objects, updated_at = ${now},
      change_sequence = family.change_sequence + 1,
      path = case
        when said.store_id is null or (place = 1 and not exists (
          select from document_families as other
          where other.organization_id = said.organization_id and other.store_id = said.store_id
            and other.path = said.path and other.id <> said.id
        )) then said.path
        when family.store_id = said.store_id then family.path
      end
    from said
    where family.organization_id = said.organization_id and family.id = said.id
    returning ${FAMILY_COLUMNS}`.execute(tx);
  return rows;
}
