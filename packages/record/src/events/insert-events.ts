import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { prepared } from '../connection/prepared.ts';
import { rowsOf } from '../connection/rows-of.ts';
import { newId } from '../schema/new-id.ts';
import type { ResolvedEvent } from './resolve-projects.ts';

export interface StoredEvent {
  event: IncomingEvent;
  id: string;
  projectId: string;
  /** Seen before: nothing new is created for it. */
  duplicate: boolean;
}

/** An event as it is to be stored. */
interface EventDraft extends ResolvedEvent {
  id: string;
  externalId: string;
}

export function draftEvents(events: readonly ResolvedEvent[]): EventDraft[] {
  return events.map(({ event, projectId }) => {
    const id = newId();
    return { event, projectId, id, externalId: event.externalId ?? id };
  });
}

/** Stores events. (organization, source, external id) is an event's identity: one seen before keeps its first id. */
export async function insertEvents(tx: Tx, drafts: readonly EventDraft[], now: Date): Promise<StoredEvent[]> {
  const rows = drafts
    .map(({ event, projectId, id, externalId }) => ({
      id,
      organization_id: event.organizationId,
      project_id: projectId,
      source: event.source,
      external_id: externalId,
      event_type: event.eventType,
      payload: payloadOf(event),
      cause_depth: event.causeDepth,
      created_at: now,
    }))
    // One order for everybody: two batches that hold the same events wait for each other instead of deadlocking.
    .sort(
      (a, b) =>
        compare(a.organization_id, b.organization_id) ||
        compare(a.source, b.source) ||
        compare(a.external_id, b.external_id),
    );
  // One that its producer gave no id was never sent before, and an insert that allows for it looks for it first.
  const mayBeThere = drafts.some(({ event }) => event.externalId !== null);
  const inserted = await prepared<{ id: string }>`
    insert into events (id, organization_id, project_id, source, external_id, event_type, payload, cause_depth, created_at)
    select id, organization_id, project_id, source, external_id, event_type, payload, cause_depth, created_at
    from ${rowsOf('events', rows)}
    ${mayBeThere ? sql`on conflict (organization_id, source, external_id) do nothing` : sql``}
    returning id`.execute(tx);
  const fresh = new Set(inserted.rows.map((row) => row.id));
  const replayed = drafts.filter(({ id }) => !fresh.has(id));
  const first = await findEvents(tx, replayed);
  return drafts.map(({ event, projectId, id, externalId }) => {
    if (fresh.has(id)) return { event, projectId, id, duplicate: false };
    const known = first.get(identity(event.organizationId, event.source, externalId));
    return { event, projectId, id: known ?? id, duplicate: true };
  });
}

async function findEvents(
  tx: Tx,
  drafts: readonly { event: IncomingEvent; externalId: string }[],
): Promise<Map<string, string>> {
  if (drafts.length === 0) return new Map();
  const keys = drafts.map(({ event, externalId }) => ({
    organization_id: event.organizationId,
    source: event.source,
    external_id: externalId,
  }));
  const { rows } = await sql<{ id: string; organization_id: string; source: string; external_id: string }>`
    select events.id, organization_id, source, external_id
    from events join jsonb_to_recordset(${JSON.stringify(keys)}::jsonb)
      as wanted(organization_id uuid, source text, external_id text)
    using (organization_id, source, external_id)`.execute(tx);
  return new Map(rows.map((row) => [identity(row.organization_id, row.source, row.external_id), row.id]));
}

/** What an event says, as the record keeps it: where it was traced is no part of that. */
export function payloadOf(event: IncomingEvent) {
  const { organizationId: _organization, externalId: _id, source: _source, traceparent: _trace, ...said } = event;
  const { eventType: _type, ...payload } = said;
  return Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== null));
}

function identity(...parts: string[]): string {
  return JSON.stringify(parts);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
