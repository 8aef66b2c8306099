import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';
import { type FamilyView, withStoreRefs } from './family-view.ts';

export async function findFamily(
  db: Database,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<FamilyView | undefined> {
  const family = await findFamilyRow(db, organizationId, id);
  if (family === undefined) return undefined;
  const [view] = await withStoreRefs(db, organizationId, [family]);
  return view;
}

/** The family as it is stored; `db` may be a transaction. */
export function findFamilyRow(
  db: Database,
  organizationId: string,
  id: string,
): Promise<Row<'document_families'> | undefined> {
  return db
    .selectFrom('document_families')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
}
