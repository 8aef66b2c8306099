import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';

/** Removes a module of the organization itself. Executions planned with it have it frozen in them. */
export function deleteModule(
  db: Database,
  module: { organizationId: string; id: string },
  actor?: Actor,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const { numDeletedRows } = await tx
      .deleteFrom('modules')
      .where('organization_id', '=', module.organizationId)
      .where('id', '=', module.id)
      .executeTakeFirst();
    if (numDeletedRows === 0n) return false;
    await audit(tx, actor, { action: 'delete', resource: 'module', id: module.id });
    return true;
  });
}
