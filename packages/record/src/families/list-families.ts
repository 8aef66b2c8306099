import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { type PageInfo, type PageRequest, selectPage } from '../paging/select-page.ts';
import { familyFields } from './family-fields.ts';
import { type FamilyView, withStoreRefs } from './family-view.ts';
import { withStoreIds } from './stores-in-filter.ts';

export async function listFamilies(
  db: Database,
  organizationId: string,
  request: PageRequest,
): Promise<{ rows: FamilyView[]; page: PageInfo }> {
  const filter = request.filter && (await withStoreIds(db, organizationId, request.filter));
  const { rows, page } = await selectPage(
    db,
    {
      table: 'document_families',
      fields: familyFields,
      searched: ['id', 'path'],
      where: sql`organization_id = ${organizationId}`,
      sort: [{ field: 'createdOn', direction: 'desc' }],
    },
    { ...request, filter },
  );
  return { rows: await withStoreRefs(db, organizationId, rows), page };
}
