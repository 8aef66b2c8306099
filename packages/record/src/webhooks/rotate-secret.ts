import { sql } from 'kysely';
import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/** Gives a webhook a new secret; for a day the one before signs too. @returns undefined when there is no such webhook */
export function rotateSecret(
  db: Database,
  { organizationId, id, secret }: { organizationId: string; id: string; secret: string },
  actor?: Actor,
): Promise<Row<'webhooks'> | undefined> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable('webhooks')
      .set({
        previous_secret: sql`secret`,
        previous_secret_until: sql`now() + interval '1 day'`,
        secret,
        change_sequence: sql`change_sequence + 1`,
        updated_at: sql`now()`,
      })
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst();
    if (row) await audit(tx, actor, { action: 'rotate', resource: 'webhook', id, details: { name: row.name } });
    return row;
  });
}
