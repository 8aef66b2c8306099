import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { type RawBuilder, sql } from 'kysely';
import { validate as isUuid } from 'uuid';
import type { Tx } from '../connection/database.ts';
import { isAmong, prepared } from '../connection/prepared.ts';

interface ProjectKey {
  organization_id: string;
  id: string;
}

/** @returns whether an event names a project that is there and of the event's own organization */
export async function ownProjects(
  tx: Tx,
  events: readonly IncomingEvent[],
): Promise<(event: IncomingEvent) => boolean> {
  const { rows } = await projectsOf(namedProjects(events)).execute(tx);
  return amongProjects(rows);
}

export function namedProjects(events: readonly IncomingEvent[]): string[] {
  return [...new Set(events.flatMap((event) => event.projectId ?? []))].filter((id) => isUuid(id));
}

export function projectsOf(ids: readonly string[]): RawBuilder<ProjectKey> {
  return prepared`select organization_id, id from projects where ${isAmong(sql`id`, ids)}`;
}

export function amongProjects(projects: readonly ProjectKey[]): (event: IncomingEvent) => boolean {
  const own = new Set(projects.map((project) => `${project.organization_id} ${project.id}`));
  return (event) => own.has(`${event.organizationId} ${event.projectId}`);
}
