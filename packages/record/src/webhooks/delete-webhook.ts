import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';

/** Removes a webhook with its log of deliveries. */
export function deleteWebhook(
  db: Database,
  webhook: { organizationId: string; id: string },
  actor?: Actor,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const deleted = await tx
      .deleteFrom('webhooks')
      .where('organization_id', '=', webhook.organizationId)
      .where('id', '=', webhook.id)
      .returning('name')
      .executeTakeFirst();
    if (deleted === undefined) return false;
    await audit(tx, actor, { action: 'delete', resource: 'webhook', id: webhook.id, details: deleted });
    return true;
  });
}
