import { sql } from 'kysely';
import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';

/** Removes a module of the organization itself, and withdraws its versions. Executions planned with it have it frozen in them. */
export function deleteModule(
  db: Database,
  module: { organizationId: string; id: string },
  actor?: Actor,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const deleted = await tx
      .deleteFrom('modules')
      .where('organization_id', '=', module.organizationId)
      .where('id', '=', module.id)
      .returning(['org_slug', 'slug'])
      .executeTakeFirst();
    if (deleted === undefined) return false;
    await tx
      .updateTable('module_versions')
      .set({ withdrawn_at: sql`now()` })
      .where('organization_id', '=', module.organizationId)
      .where('org_slug', '=', deleted.org_slug)
      .where('slug', '=', deleted.slug)
      .where('withdrawn_at', 'is', null)
      .execute();
    const details = { ref: `${deleted.org_slug}/${deleted.slug}` };
    await audit(tx, actor, { action: 'delete', resource: 'module', id: module.id, details });
    return true;
  });
}
