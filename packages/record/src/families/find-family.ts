import type { Database } from '../connection/database.ts';
import { type FamilyView, withStoreRefs } from './family-view.ts';

export async function findFamily(
  db: Database,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<FamilyView | undefined> {
  const family = await db
    .selectFrom('document_families')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (family === undefined) return undefined;
  const [view] = await withStoreRefs(db, organizationId, [family]);
  return view;
}
