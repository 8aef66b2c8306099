import type { ContentObject } from '@gantry/contracts/document-snapshot';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { prepared } from '../connection/prepared.ts';
import { rowsOf } from '../connection/rows-of.ts';
import { withContentObjects } from '../families/content-objects.ts';
import type { Row } from '../schema/tables.ts';
import type { Listening } from '../webhooks/announce.ts';
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
 * Brings the document families that events speak of up to what they say, and returns them as they are then. One that is
 * new, as most are, is written once. Rows are inserted, and those that were there locked, in sorted order.
 * @param listening who is to hear of it; asked once everything is written
 */
export async function upsertFamilies(
  tx: Tx,
  events: readonly StoredEvent[],
  storeOf: (event: StoredEvent) => StoreRow | undefined,
  now: Date,
  listening: () => Promise<readonly Listening[]>,
): Promise<Map<string, FamilyRow>> {
  const speaking = events.filter(({ event }) => event.documentFamilyId !== null);
  if (speaking.length === 0) return new Map();
  const told = (families: ReadonlyMap<string, FamilyRow>) => {
    const after = new Map(families);
    for (const stored of speaking) {
      const key = keyOf(stored);
      const family = after.get(key);
      if (family && !stored.duplicate) after.set(key, familyAfter(family, stored, storeOf(stored), now));
    }
    return after;
  };

  const after = new Map<string, FamilyRow>();
  const written: FamilyRow[] = [];
  let missing = new Map(speaking.map((stored) => [keyOf(stored), blankFamily(stored)]));
  while (missing.size > 0) {
    const inserted = byKey(await insert(tx, [...told(missing).values()], now));
    const others = [...missing].filter(([key]) => !inserted.has(key)).map(([, family]) => family);
    const before = await lock(tx, others);
    const known = told(before);
    const changed = [...known].filter(([key, family]) => family !== before.get(key)).map(([, family]) => family);
    const updated = byKey(await update(tx, changed, now));
    for (const [key, family] of [...inserted, ...known, ...updated]) after.set(key, family);
    written.push(...inserted.values(), ...updated.values());
    // Whoever took its path at the same time kept it from being inserted, and has committed since.
    missing = new Map([...missing].filter(([key]) => !after.has(key)));
  }
  await announceFamilies(tx, written, now, await listening());
  return after;
}

function byKey(families: readonly FamilyRow[]): Map<string, FamilyRow> {
  return new Map(families.map((family) => [familyKey(family.organization_id, family.id), family]));
}

function keyOf({ event }: StoredEvent): string {
  return familyKey(event.organizationId, event.documentFamilyId ?? '');
}

function blankFamily({ event }: StoredEvent): FamilyRow {
  return {
    organization_id: event.organizationId,
    id: event.documentFamilyId ?? '',
    project_id: null,
    store_id: null,
    path: null,
    labels: [],
    mixins: [],
    metadata: {},
    content_objects: [],
    document_status: null,
  };
}

/** @returns those that were not there */
async function insert(tx: Tx, families: readonly FamilyRow[], now: Date): Promise<FamilyRow[]> {
  const { rows } = await prepared<FamilyRow>`
    with ${said(families)}
    insert into document_families as family
      (organization_id, id, project_id, store_id, path, labels, mixins, metadata, content_objects, created_at, updated_at)
    select organization_id, id, project_id, store_id, case when ${PATH_IS_FREE} then path end, labels, mixins, metadata,
      content_objects, ${now}, ${now}
    from said order by organization_id, id
    on conflict do nothing
    returning ${FAMILY_COLUMNS}`.execute(tx);
  return rows;
}

async function lock(
  tx: Tx,
  families: readonly Pick<FamilyRow, 'organization_id' | 'id'>[],
): Promise<Map<string, FamilyRow>> {
  if (families.length === 0) return new Map();
  const keys = families.map(({ organization_id, id }) => ({ organization_id, id }));
  const wanted = sql`jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as wanted(organization_id uuid, id text)`;
  const { rows } = await sql<FamilyRow>`
    select ${FAMILY_COLUMNS}
    from document_families as family where (organization_id, id) in (select organization_id, id from ${wanted})
    order by organization_id, id for update`.execute(tx);
  return byKey(rows);
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

/** One that may not have the path keeps the path that it had in that store, if any. */
async function update(tx: Tx, families: readonly FamilyRow[], now: Date): Promise<FamilyRow[]> {
  if (families.length === 0) return [];
  const { rows } = await sql<FamilyRow>`
    with ${said(families)}
    update document_families as family
    set project_id = said.project_id, store_id = said.store_id, labels = said.labels, mixins = said.mixins,
      metadata = said.metadata, content_objects = said.content_objects, updated_at = ${now},
      change_sequence = family.change_sequence + 1,
      path = case
        when ${PATH_IS_FREE} then said.path
        when family.store_id = said.store_id then family.path
      end
    from said
    where family.organization_id = said.organization_id and family.id = said.id
    returning ${FAMILY_COLUMNS}`.execute(tx);
  return rows;
}

/** What these families are said to be, as `said`, with their places among those of the same path. */
function said(families: readonly FamilyRow[]) {
  const paths = families
    .filter(({ store_id, path }) => store_id !== null && path !== null)
    .map(({ organization_id, store_id, path }) => JSON.stringify([organization_id, store_id, path]));
  const place =
    new Set(paths).size === paths.length
      ? sql`1`
      : sql`row_number() over (partition by organization_id, store_id, path order by id)`;
  return sql`said as (select *, ${place} as place from ${rowsOf('document_families', families)})`;
}

/** A path that another family of the store has, or takes at the same time, stays with that one. */
const PATH_IS_FREE = sql`(said.store_id is null or (place = 1 and not exists (
  select from document_families as other
  where other.organization_id = said.organization_id and other.store_id = said.store_id
    and other.path = said.path and other.id <> said.id
)))`;
