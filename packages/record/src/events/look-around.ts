import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { type RawBuilder, sql } from 'kysely';
import { isOpen } from '../admission/admission-is-open.ts';
import type { Tx } from '../connection/database.ts';
import { isAmong, prepared } from '../connection/prepared.ts';
import { together } from '../connection/together.ts';
import type { Row } from '../schema/tables.ts';
import type { Listening } from '../webhooks/announce.ts';
import { whoListensToFamilies } from '../webhooks/announced-families.ts';
import { amongProjects, namedProjects, projectsOf } from './own-projects.ts';

export type AssistantRow = Row<'assistants'>;

export interface Surroundings {
  /** Whether an event names a project that is there and of the event's own organization. */
  namesOwnProject: (event: IncomingEvent) => boolean;
  /** Whether new executions may go straight to PENDING. */
  open: boolean;
  /** To what happens to document families. */
  listening: readonly Listening[];
  /** The active assistants of projects, oldest first. */
  assistantsOf: (projectIds: readonly string[]) => Promise<AssistantRow[]>;
}

/** Everything that ingesting events asks in any case and that depends on nothing else, asked at once. */
export async function lookAround(tx: Tx, events: readonly IncomingEvent[]): Promise<Surroundings> {
  const named = namedProjects(events);
  const organizations = [...new Set(events.map(({ organizationId }) => organizationId))];
  const [projects, admission, assistants, listening] = await together(
    tx,
    projectsOf(named),
    isOpen,
    activeAssistants(named),
    whoListensToFamilies(organizations),
  );
  return {
    namesOwnProject: amongProjects(projects),
    listening,
    open: admission[0]?.open ?? true,
    async assistantsOf(projectIds) {
      const others = projectIds.filter((id) => !named.includes(id));
      if (others.length === 0) return assistants;
      return [...assistants, ...(await activeAssistants(others).execute(tx)).rows];
    },
  };
}

// All of them, by name: what is prepared as `*` fails once a migration has added one. The type of the rows misses none.
const ASSISTANT_COLUMNS = [
  ...(['id', 'organization_id', 'project_id', 'slug', 'name', 'description', 'active', 'priority_hint'] as const),
  ...(['subscription', 'connections', 'options', 'timeout_seconds', 'max_concurrent_executions'] as const),
  ...(['deduplication', 'logging_enabled', 'delete_logging_on_success', 'revision', 'paused'] as const),
  ...(['change_sequence', 'created_at', 'updated_at'] as const),
] as const;

function activeAssistants(projectIds: readonly string[]): RawBuilder<AssistantRow> {
  return prepared<Pick<AssistantRow, (typeof ASSISTANT_COLUMNS)[number]>>`
    select ${sql.raw(ASSISTANT_COLUMNS.join())} from assistants
    where ${isAmong(sql`project_id`, projectIds)} and active order by created_at, id`;
}
