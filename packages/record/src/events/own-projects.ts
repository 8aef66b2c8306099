import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { validate as isUuid } from 'uuid';
import type { Tx } from '../connection/database.ts';
import { prepared } from '../connection/prepared.ts';

/** @returns whether an event names a project that is there and of the event's own organization */
export async function ownProjects(
  tx: Tx,
  events: readonly IncomingEvent[],
): Promise<(event: IncomingEvent) => boolean> {
  const ids = [...new Set(events.flatMap((event) => event.projectId ?? []))].filter((id) => isUuid(id));
  if (ids.length === 0) return () => false;
  const { rows } = await prepared<{ organization_id: string; id: string }>`
    select organization_id, id from projects where id = any(${ids})`.execute(tx);
  const own = new Set(rows.map((row) => `${row.organization_id} ${row.id}`));
  return (event) => own.has(`${event.organizationId} ${event.projectId}`);
}
