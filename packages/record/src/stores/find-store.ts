import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/** The store that a ref `org/slug:version` names. */
export function findStore(
  db: Database,
  {
    organizationId,
    orgSlug,
    slug,
    version,
  }: { organizationId: string; orgSlug: string; slug: string; version: string },
): Promise<Row<'stores'> | undefined> {
  return db
    .selectFrom('stores')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('org_slug', '=', orgSlug)
    .where('slug', '=', slug)
    .where('version', '=', version)
    .executeTakeFirst();
}
