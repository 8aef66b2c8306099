import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import type { IngestResult } from './ingest-result.ts';
import type { StoreRow } from './resolve-stores.ts';

export interface ResolvedEvent {
  event: IncomingEvent;
  projectId: string;
}

export type Refusal = Extract<IngestResult, { ok: false }>;

/** Finds the project of each event: its own, else its store's, its document family's, or its channel's only one. */
export async function resolveProjects(
  tx: Tx,
  events: readonly IncomingEvent[],
  stores: ReadonlyMap<IncomingEvent, StoreRow>,
  namesOwnProject: (event: IncomingEvent) => boolean,
): Promise<(ResolvedEvent | Refusal)[]> {
  const families = await familyProjects(
    tx,
    events.filter((event) => !event.projectId && !stores.get(event)?.project_id),
  );
  const channels = await channelProjects(
    tx,
    events.filter((event) => !event.projectId && event.channelId),
  );
  return events.map((event) => {
    const { organizationId } = event;
    if (event.projectId !== null) {
      if (!namesOwnProject(event)) {
        return refuse('PROJECT_NOT_FOUND', `There is no project ${event.projectId}.`);
      }
      const bound = stores.get(event)?.project_id;
      if (bound && bound !== event.projectId) {
        return refuse('PROJECT_MISMATCH', `The store ${event.storeId} belongs to the project ${bound}.`);
      }
      return { event, projectId: event.projectId };
    }
    const projectId =
      stores.get(event)?.project_id ??
      families.get(`${organizationId} ${event.documentFamilyId ?? ''}`) ??
      channels.get(`${organizationId} ${event.channelId ?? ''}`);
    return projectId
      ? { event, projectId }
      : refuse('PROJECT_REQUIRED', 'projectId is required: neither store nor channel belongs to one project.');
  });
}

function refuse(code: Refusal['code'], message: string): Refusal {
  return { ok: false, code, field: 'projectId', message };
}

async function familyProjects(tx: Tx, events: readonly IncomingEvent[]): Promise<Map<string, string>> {
  const ids = [...new Set(events.flatMap((event) => event.documentFamilyId ?? []))];
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectFrom('document_families')
    .select(['organization_id', 'id', 'project_id'])
    .where('organization_id', 'in', [...new Set(events.map((event) => event.organizationId))])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.flatMap((row) => (row.project_id ? [[`${row.organization_id} ${row.id}`, row.project_id]] : [])));
}

/** A channel belongs to the project whose assistants are connected to it, if that is one project. */
async function channelProjects(tx: Tx, events: readonly IncomingEvent[]): Promise<Map<string, string>> {
  if (events.length === 0) return new Map();
  const channels = [...new Set(events.flatMap((event) => event.channelId ?? []))];
  const rows = await tx
    .selectFrom('assistants')
    .select(['organization_id', 'project_id', 'connections'])
    .where('organization_id', 'in', [...new Set(events.map((event) => event.organizationId))])
    .where('active', '=', true)
    .where(
      sql<boolean>`exists (
        select from jsonb_array_elements(connections) as connection
        where connection ->> 'sourceType' = 'CHANNEL' and connection ->> 'sourceRef' = any(${channels})
      )`,
    )
    .execute();
  const projects = new Map<string, Set<string>>();
  for (const row of rows) {
    for (const connection of row.connections) {
      if (connection.sourceType !== 'CHANNEL') continue;
      const key = `${row.organization_id} ${connection.sourceRef}`;
      projects.set(key, (projects.get(key) ?? new Set()).add(row.project_id));
    }
  }
  return new Map([...projects].flatMap(([key, ids]) => (ids.size === 1 ? [[key, [...ids][0] ?? '']] : [])));
}
