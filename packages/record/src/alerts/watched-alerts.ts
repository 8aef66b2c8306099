import { type AlertVerdict, judgeAlert } from '@gantry/domain/alert';
import { sql } from 'kysely';
import type { Database, Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';
import { type AnnouncedKind, announce } from '../webhooks/announce.ts';
import { alertFields } from './alert-fields.ts';

/** Those that are to be looked at; an organization has a hundred at most. */
export function findActiveAlerts(db: Database): Promise<Row<'alerts'>[]> {
  return db.selectFrom('alerts').selectAll().where('active', '=', true).orderBy('id').execute();
}

/**
 * Writes down what a look at an alert's condition showed, and tells it if that is news. One that was changed meanwhile is
 * left for the next look.
 * @param finding what is so, in a sentence; undefined: it is not
 */
export async function recordFinding(
  tx: Tx,
  looked: Pick<Row<'alerts'>, 'id' | 'change_sequence'>,
  finding: string | undefined,
  now: Date,
): Promise<AlertVerdict['tell']> {
  const alert = await tx
    .selectFrom('alerts')
    .selectAll()
    .where('id', '=', looked.id)
    .where('change_sequence', '=', looked.change_sequence)
    .where('active', '=', true)
    .forUpdate()
    .executeTakeFirst();
  if (alert === undefined) return undefined;
  const state = { holdsSince: alert.holds_since, firingSince: alert.firing_since };
  const { holdsSince, firingSince, tell } = judgeAlert(state, finding !== undefined, alert.condition, now);
  await tx
    .updateTable('alerts')
    .set({ holds_since: holdsSince, firing_since: firingSince, message: finding ?? null, checked_at: now })
    .where('id', '=', alert.id)
    .execute();
  const muted = alert.muted_until !== null && alert.muted_until > now;
  if (tell === undefined || muted) return undefined;
  const since = firingSince ?? alert.firing_since ?? now;
  await announce(tx, announced(tell, since, finding ?? alert.message ?? ''), [alert], now);
  return tell;
}

function announced(
  event: NonNullable<AlertVerdict['tell']>,
  since: Date,
  message: string,
): AnnouncedKind<Row<'alerts'>> {
  return {
    events: [event],
    fields: alertFields,
    project: sql.ref('alerts.project_id'),
    async select(tx, _organizationId, ids, condition) {
      const { rows } = await sql<Row<'alerts'>>`
        select * from alerts where id = any(${[...ids]}::uuid[]) and ${condition}`.execute(tx);
      return rows;
    },
    tell({ id, name, project_id: projectId, assistant_id: assistantId, condition }) {
      const data = {
        id,
        name,
        projectId,
        assistantId,
        condition: { ...condition },
        message,
        since: since.toISOString(),
      };
      return [{ event, key: `${id}:${since.getTime()}`, data }];
    },
  };
}
