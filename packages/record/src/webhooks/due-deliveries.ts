import { sql } from 'kysely';
import type { Database, Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/** A delivery that was claimed and of which nobody said what came of it is due again after this. */
const CLAIM_SECONDS = 90;

export interface ClaimedDeliveries {
  webhook: Row<'webhooks'>;
  deliveries: Row<'webhook_deliveries'>[];
}

const isDue = sql<boolean>`active and (held_until is null or held_until <= now())
  and exists (select from webhook_deliveries where webhook_id = webhooks.id and due_at <= now())`;

/** Whether some webhook has something to send now, busy or not. */
export const anyDueWebhook = sql<boolean>`exists (select from webhooks where ${isDue})`;

/** Webhooks with something to send now, without those that are busy. */
export async function findDueWebhooks(db: Database, busy: readonly string[], limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from webhooks where ${isDue} and not id = any(${[...busy]}::uuid[]) limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Takes what is due of one webhook, the oldest first, and counts the attempt. */
export async function claimDeliveries(
  tx: Tx,
  { webhookId, limit, now }: { webhookId: string; limit: number; now: Date },
): Promise<ClaimedDeliveries | undefined> {
  const webhook = await tx
    .selectFrom('webhooks')
    .selectAll()
    .where('id', '=', webhookId)
    .where('active', '=', true)
    .executeTakeFirst();
  if (webhook === undefined) return undefined;
  const { rows: deliveries } = await sql<Row<'webhook_deliveries'>>`
    update webhook_deliveries
    set attempts = attempts + 1, last_attempt_at = ${now}, due_at = ${now}::timestamptz + make_interval(secs => ${CLAIM_SECONDS})
    where id in (
      select id from webhook_deliveries where webhook_id = ${webhookId} and due_at <= ${now}
      order by due_at, id limit ${limit} for update skip locked
    ) returning *`.execute(tx);
  return { webhook, deliveries: deliveries.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}
