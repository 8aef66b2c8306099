import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { payloadOf } from './insert-events.ts';

/** Whether events that were known already are what was sent this time, too. One that is gone meanwhile counts as the same. */
export async function areSameEvents(
  db: Database,
  known: readonly { eventId: string; event: IncomingEvent }[],
): Promise<boolean> {
  if (known.length === 0) return true;
  const sent = known.map(({ eventId, event }) => ({ id: eventId, type: event.eventType, payload: payloadOf(event) }));
  const { rows } = await sql<{ different: boolean }>`
    select exists (
      select from jsonb_to_recordset(${JSON.stringify(sent)}::jsonb) as sent(id uuid, type text, payload jsonb)
      join events on events.id = sent.id
      where events.event_type <> sent.type or events.payload <> sent.payload
    ) as different`.execute(db);
  return rows[0]?.different !== true;
}
