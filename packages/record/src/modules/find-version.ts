import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

export interface VersionName {
  organizationId: string;
  orgSlug: string;
  slug: string;
  version: string;
}

/** A published version, withdrawn or not. */
export function findVersion(
  db: Database,
  { organizationId, orgSlug, slug, version }: VersionName,
): Promise<Row<'module_versions'> | undefined> {
  return db
    .selectFrom('module_versions')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('org_slug', '=', orgSlug)
    .where('slug', '=', slug)
    .where('version', '=', version)
    .executeTakeFirst();
}
