import { type AttemptOutcome, nextAttemptAt, reasonToDisable } from '@gantry/domain/delivery';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';
import { failWaiting } from './fail-waiting.ts';

export interface Attempted {
  delivery: Pick<Row<'webhook_deliveries'>, 'id' | 'attempts'>;
  outcome: AttemptOutcome;
}

const MAX_ERROR = 500;

/**
 * Writes down what came of attempts of one webhook: when the next one is, or that there is none.
 * @param holdMs nothing more is sent to it for so long
 * @returns why it gets nothing any more, if so
 */
export async function settleDeliveries(
  tx: Tx,
  webhookId: string,
  attempted: readonly Attempted[],
  { now, holdMs }: { now: Date; holdMs: number },
): Promise<string | undefined> {
  for (const { delivery, outcome } of attempted) {
    const next = nextAttemptAt(delivery.attempts, outcome, now.getTime());
    await tx
      .updateTable('webhook_deliveries')
      .set({
        due_at: next === undefined ? null : new Date(next),
        delivered_at: outcome.delivered ? now : null,
        last_status: outcome.status,
        last_error: outcome.delivered ? null : outcome.error.slice(0, MAX_ERROR),
      })
      .where('id', '=', delivery.id)
      .execute();
  }
  const outcomes = attempted.map(({ outcome }) => outcome);
  const works = outcomes.some(({ delivered }) => delivered);
  const { rows } = await sql<{ failing_since: Date | null }>`
    update webhooks set failing_since = ${works ? null : sql`coalesce(failing_since, ${now})`},
      held_until = ${holdMs > 0 ? new Date(now.getTime() + holdMs) : null}
    where id = ${webhookId} returning failing_since`.execute(tx);
  const reason = reasonToDisable(outcomes, rows[0]?.failing_since?.getTime() ?? null, now.getTime());
  if (reason === undefined) return undefined;
  await sql`update webhooks set active = false, disabled_reason = ${reason} where id = ${webhookId}`.execute(tx);
  await failWaiting(tx, webhookId, reason);
  return reason;
}
