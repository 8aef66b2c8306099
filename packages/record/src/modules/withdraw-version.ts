import { sql } from 'kysely';
import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';
import type { VersionName } from './find-version.ts';
import { lockModule, takeLatest } from './latest-version.ts';

/**
 * Nothing new is planned with the version from now on. Executions that have frozen it go on with it.
 * @returns whether there is such a version, withdrawn or not
 */
export function withdrawVersion(db: Database, named: VersionName, actor: Actor): Promise<boolean> {
  const { organizationId, orgSlug, slug, version } = named;
  return db.transaction().execute(async (tx) => {
    await lockModule(tx, named);
    const found = await tx
      .updateTable('module_versions')
      .set({ withdrawn_at: sql`coalesce(withdrawn_at, now())` })
      .where('organization_id', '=', organizationId)
      .where('org_slug', '=', orgSlug)
      .where('slug', '=', slug)
      .where('version', '=', version)
      .returning('id')
      .executeTakeFirst();
    if (found === undefined) return false;
    await takeLatest(tx, named);
    const details = { ref: `${orgSlug}/${slug}:${version}` };
    await audit(tx, actor, { action: 'withdraw', resource: 'module', id: found.id, details });
    return true;
  });
}
