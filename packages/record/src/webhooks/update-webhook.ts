import type { WebhookEvent } from '@gantry/domain/webhook-event';
import { sql } from 'kysely';
import { type Actor, audit, givenFields } from '../audit/audit.ts';
import { type ChangeOutcome, changeOutcome } from '../changes/change-outcome.ts';
import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';
import { failWaiting } from './fail-waiting.ts';
import { findWebhook } from './find-webhook.ts';

export interface WebhookChange {
  organizationId: string;
  id: string;
  /** The change sequence that was read; null: no check. */
  changeSequence: number | null;
  /** What is undefined stays. */
  values: {
    name?: string | undefined;
    url?: string | undefined;
    events?: WebhookEvent[] | undefined;
    filter?: string | null | undefined;
    active?: boolean | undefined;
  };
}

/** One that is switched on begins anew: what it was disabled for is forgotten. */
export function updateWebhook(
  db: Database,
  { organizationId, id, changeSequence, values }: WebhookChange,
  actor?: Actor,
): Promise<ChangeOutcome<Row<'webhooks'>>> {
  return db.transaction().execute(async (tx) => {
    const changed = await tx
      .updateTable('webhooks')
      .set({
        ...values,
        ...(values.active === undefined ? {} : { disabled_reason: null, failing_since: null, held_until: null }),
        change_sequence: sql`change_sequence + 1`,
        updated_at: sql`now()`,
      })
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .$if(changeSequence !== null, (query) => query.where('change_sequence', '=', changeSequence))
      .returningAll()
      .executeTakeFirst();
    if (changed) {
      if (!changed.active) await failWaiting(tx, id, 'The webhook was switched off.');
      const details = { name: changed.name, fields: givenFields(values) };
      await audit(tx, actor, { action: 'update', resource: 'webhook', id, details });
    }
    return changeOutcome(changed, () => findWebhook(tx, { organizationId, id }));
  });
}
