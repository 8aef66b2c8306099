import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';

export function deleteAlert(
  db: Database,
  alert: { organizationId: string; id: string },
  actor?: Actor,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const deleted = await tx
      .deleteFrom('alerts')
      .where('organization_id', '=', alert.organizationId)
      .where('id', '=', alert.id)
      .returning('name')
      .executeTakeFirst();
    if (deleted === undefined) return false;
    await audit(tx, actor, { action: 'delete', resource: 'alert', id: alert.id, details: deleted });
    return true;
  });
}
