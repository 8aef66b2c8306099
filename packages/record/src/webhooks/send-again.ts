import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/** Has a delivery sent once more, under its id, whatever became of it. @returns undefined when there is none */
export function sendAgain(
  db: Database,
  { webhookId, id, now }: { webhookId: string; id: string; now: Date },
): Promise<Row<'webhook_deliveries'> | undefined> {
  return db
    .updateTable('webhook_deliveries')
    .set({ due_at: now, delivered_at: null, attempts: 0 })
    .where('webhook_id', '=', webhookId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}
