import { sql } from 'kysely';
import type { Database, Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/** A document family with the ref of its store, `org/slug:version`. */
export type FamilyView = Row<'document_families'> & { store_ref: string | null };

/** Adds the refs of their stores to families of one organization. */
export async function withStoreRefs(
  db: Database | Tx,
  organizationId: string,
  families: readonly Row<'document_families'>[],
): Promise<FamilyView[]> {
  const ids = [...new Set(families.flatMap((family) => family.store_id ?? []))];
  if (ids.length === 0) return families.map((family) => ({ ...family, store_ref: null }));
  const stores = await db
    .selectFrom('stores')
    .select(['id', sql<string>`org_slug || '/' || slug || ':' || version`.as('ref')])
    .where('organization_id', '=', organizationId)
    .where('id', 'in', ids)
    .execute();
  const refs = new Map(stores.map(({ id, ref }) => [id, ref]));
  return families.map((family) => ({ ...family, store_ref: refs.get(family.store_id ?? '') ?? null }));
}
