import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { type PageRequest, type RowsOf, selectPage } from '../paging/select-page.ts';
import type { VersionName } from './find-version.ts';
import { versionFields } from './version-fields.ts';

/** The published versions of a module, those that were published last first. */
export function listVersions(
  db: Database,
  { organizationId, orgSlug, slug }: Omit<VersionName, 'version'>,
  request: PageRequest,
): Promise<RowsOf<'module_versions'>> {
  return selectPage(
    db,
    {
      table: 'module_versions',
      fields: versionFields,
      searched: ['version', 'publishedBy'],
      where: sql`organization_id = ${organizationId} and org_slug = ${orgSlug} and slug = ${slug}`,
      sort: [{ field: 'publishedOn', direction: 'desc' }],
    },
    request,
  );
}
