import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { sql } from 'kysely';
import type { Database, Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';
import { ownProjects } from './own-projects.ts';

export type StoreRow = Pick<Row<'stores'>, 'organization_id' | 'id' | 'project_id' | 'org_slug' | 'slug' | 'version'>;

const DEFAULT_VERSION = '1.0.0';
const DEFAULT_ORG_SLUG = 'local';
const STORE_REF = /^([^/:]+)\/([^/:]+)(?::([^/:]+))?$/;

/** What a store id that may be a ref stands for: `org/slug:version`, `org/slug`, or a plain id. */
function parseStoreRef(idOrRef: string): { orgSlug: string; slug: string; version: string } | undefined {
  const match = STORE_REF.exec(idOrRef);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { orgSlug: match[1], slug: match[2], version: match[3] ?? DEFAULT_VERSION };
}

/** The ref of a store that is named by one word alone. */
function refOf(idOrRef: string): { orgSlug: string; slug: string; version: string } {
  return parseStoreRef(idOrRef) ?? { orgSlug: DEFAULT_ORG_SLUG, slug: idOrRef, version: DEFAULT_VERSION };
}

/**
 * Finds the stores that events name by id or ref. One that nobody created is created, bound to the event's project;
 * one without a project is bound to it now.
 * @returns the store of each event that names one
 */
export async function resolveStores(tx: Tx, events: readonly IncomingEvent[]): Promise<Map<IncomingEvent, StoreRow>> {
  const naming = events.filter((event) => event.storeId !== null);
  if (naming.length === 0) return new Map();
  const found = await findStores(tx, naming);
  const lacking = naming.filter((event) => event.projectId !== null && needsProject(found.get(event)));
  if (lacking.length === 0) return found;
  // Only to a project of one's own: others, and those that do not exist, are refused later and must leave no trace.
  const missing = lacking.filter(await ownProjects(tx, lacking));
  if (missing.length === 0) return found;
  await createStores(
    tx,
    missing.filter((event) => !found.has(event)),
  );
  for (const event of missing) await bindStore(tx, found.get(event), event.projectId);
  return findStores(tx, naming);
}

function needsProject(store: StoreRow | undefined): boolean {
  return store === undefined || store.project_id === null;
}

/** The stores that events, or whatever else speaks of one, name by id or ref. */
export async function findStores<Naming extends Pick<IncomingEvent, 'organizationId' | 'storeId'>>(
  db: Database,
  events: readonly Naming[],
): Promise<Map<Naming, StoreRow>> {
  const rows = await db
    .selectFrom('stores')
    .select(['organization_id', 'id', 'project_id', 'org_slug', 'slug', 'version'])
    .where('organization_id', 'in', [...new Set(events.map((event) => event.organizationId))])
    .where((eb) => {
      const ids = [...new Set(events.map((event) => event.storeId ?? ''))];
      const refs = ids.map(refOf);
      return eb.or([
        eb('id', 'in', ids),
        ...refs.map((ref) =>
          eb.and([eb('org_slug', '=', ref.orgSlug), eb('slug', '=', ref.slug), eb('version', '=', ref.version)]),
        ),
      ]);
    })
    .execute();
  const byName = new Map(
    rows.flatMap((row) => [
      [`${row.organization_id} ${row.id}`, row] as const,
      [`${row.organization_id} ${row.org_slug}/${row.slug}:${row.version}`, row] as const,
    ]),
  );
  return new Map(
    events.flatMap((event) => {
      const ref = refOf(event.storeId ?? '');
      const row =
        byName.get(`${event.organizationId} ${event.storeId}`) ??
        byName.get(`${event.organizationId} ${ref.orgSlug}/${ref.slug}:${ref.version}`);
      return row ? [[event, row] as const] : [];
    }),
  );
}

/** Several names may mean the same store, and others may be creating it too: its ref decides. */
async function createStores(tx: Tx, events: readonly IncomingEvent[]): Promise<void> {
  const rows = new Map(
    events.map((event) => {
      const id = event.storeId ?? '';
      const ref = refOf(id);
      return [
        `${event.organizationId} ${ref.orgSlug}/${ref.slug}:${ref.version}`,
        {
          organization_id: event.organizationId,
          id,
          project_id: event.projectId,
          org_slug: ref.orgSlug,
          slug: ref.slug,
          version: ref.version,
          name: ref.slug,
        },
      ];
    }),
  );
  if (rows.size === 0) return;
  await tx
    .insertInto('stores')
    .values([...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1)))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function bindStore(tx: Tx, store: StoreRow | undefined, projectId: string | null): Promise<void> {
  if (store === undefined) return;
  await tx
    .updateTable('stores')
    .set({ project_id: projectId, change_sequence: sql`change_sequence + 1`, updated_at: sql`now()` })
    .where('organization_id', '=', store.organization_id)
    .where('id', '=', store.id)
    .where('project_id', 'is', null)
    .execute();
}
