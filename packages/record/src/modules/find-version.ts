import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

export interface VersionName {
  organizationId: string;
  orgSlug: string;
  slug: string;
  version: string;
}

/** The published versions of a module, withdrawn or not. */
export function versionsOf(db: Database, { organizationId, orgSlug, slug }: Omit<VersionName, 'version'>) {
  return db
    .selectFrom('module_versions')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('org_slug', '=', orgSlug)
    .where('slug', '=', slug);
}

/** A published version, withdrawn or not. */
export function findVersion(db: Database, named: VersionName): Promise<Row<'module_versions'> | undefined> {
  return versionsOf(db, named).where('version', '=', named.version).executeTakeFirst();
}
