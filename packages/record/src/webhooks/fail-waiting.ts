import { sql, type Transaction } from 'kysely';
import type { Tables } from '../schema/tables.ts';

/** Gives up what waits for a webhook; it can be sent again by hand. */
export async function failWaiting(tx: Transaction<Tables>, webhookId: string, reason: string): Promise<void> {
  await sql`
    update webhook_deliveries set due_at = null, last_error = ${reason}
    where webhook_id = ${webhookId} and due_at is not null`.execute(tx);
}
