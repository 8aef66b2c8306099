import { type Database, jsonb } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';

/** Has a webhook told that it is there, to try it. */
export function sendTest(
  db: Database,
  webhook: Pick<Row<'webhooks'>, 'id' | 'organization_id' | 'name'>,
  now: Date,
): Promise<Row<'webhook_deliveries'>> {
  const id = newId();
  const data = { webhookId: webhook.id, name: webhook.name };
  return db
    .insertInto('webhook_deliveries')
    .values({
      id,
      webhook_id: webhook.id,
      organization_id: webhook.organization_id,
      event_type: 'webhook.test',
      subject_key: id,
      payload: jsonb({ type: 'webhook.test', timestamp: now.toISOString(), data }),
      due_at: now,
      created_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}
