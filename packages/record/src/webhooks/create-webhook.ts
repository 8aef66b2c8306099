import type { WebhookEvent } from '@gantry/domain/webhook-event';
import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';

/** An organization's webhooks at most: each is looked at whenever something happens. */
const MAX_WEBHOOKS = 100;

export interface NewWebhook {
  organizationId: string;
  projectId: string | null;
  name: string;
  url: string;
  events: readonly WebhookEvent[];
  filter: string | null;
  active: boolean;
  secret: string;
}

/** @returns undefined when the organization has as many as it may have */
export function createWebhook(
  db: Database,
  { organizationId, projectId, events, ...webhook }: NewWebhook,
  actor?: Actor,
): Promise<Row<'webhooks'> | undefined> {
  return db.transaction().execute(async (tx) => {
    const { count } = await tx
      .selectFrom('webhooks')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('organization_id', '=', organizationId)
      .executeTakeFirstOrThrow();
    if (count >= MAX_WEBHOOKS) return undefined;
    const row = await tx
      .insertInto('webhooks')
      .values({
        ...webhook,
        id: newId(),
        organization_id: organizationId,
        project_id: projectId,
        events: [...events],
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const details = { name: row.name, events: row.events };
    await audit(tx, actor, { action: 'create', resource: 'webhook', id: row.id, details });
    return row;
  });
}
