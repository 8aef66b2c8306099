import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import type { StoredEvent } from './insert-events.ts';
import type { StoreRow } from './resolve-stores.ts';
import { type FamilyRow, familyKey } from './upsert-families.ts';

/** @returns what finds the store of an event: the one it names, else the one its document family is in */
export async function storesOf(
  tx: Tx,
  events: readonly StoredEvent[],
  named: ReadonlyMap<IncomingEvent, StoreRow>,
  families: ReadonlyMap<string, FamilyRow>,
): Promise<(event: StoredEvent) => StoreRow | undefined> {
  const familyOf = ({ event }: StoredEvent) =>
    families.get(familyKey(event.organizationId, event.documentFamilyId ?? ''));
  const wanted = events.flatMap((stored) => {
    const family = named.has(stored.event) ? undefined : familyOf(stored);
    return family?.store_id ? [{ organization_id: family.organization_id, id: family.store_id }] : [];
  });
  const rows = wanted.length === 0 ? [] : await findStores(tx, wanted);
  const byKey = new Map(rows.map((row) => [storeKey(row.organization_id, row.id), row]));
  return (stored) => {
    const family = familyOf(stored);
    return named.get(stored.event) ?? byKey.get(storeKey(family?.organization_id ?? '', family?.store_id ?? ''));
  };
}

async function findStores(tx: Tx, wanted: readonly { organization_id: string; id: string }[]): Promise<StoreRow[]> {
  const { rows } = await sql<StoreRow>`
    select organization_id, id, project_id, org_slug, slug, version from stores
    where (organization_id, id) in (
      select * from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as wanted(organization_id uuid, id text)
    )`.execute(tx);
  return rows;
}

function storeKey(organizationId: string, id: string): string {
  return `${organizationId} ${id}`;
}
