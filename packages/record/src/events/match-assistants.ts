import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import type { ConnectionSource } from '@gantry/domain/event-type';
import { Effort, EffortError } from '@gantry/domain/expression/effort';
import { type Heard, listensTo } from '@gantry/domain/subscription';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { newestVersion } from '../families/content-objects.ts';
import type { StoredEvent } from './insert-events.ts';
import type { AssistantRow, Surroundings } from './look-around.ts';
import type { StoreRow } from './resolve-stores.ts';
import { type FamilyRow, familyKey } from './upsert-families.ts';

export interface Match {
  stored: StoredEvent;
  assistant: AssistantRow;
}

/** Deciding who hears these events costs more than the expressions of one organization may cost in one go. */
export class CostlyEventsError extends Error {
  override readonly name = 'CostlyEventsError';
  readonly events: readonly IncomingEvent[];

  constructor(events: readonly IncomingEvent[]) {
    super('the subscriptions of the project cost too much for these events');
    this.events = events;
  }
}

/**
 * The active assistants that hear each event, oldest first; one that is called by name hears it alone.
 * @param families as the events left them, by `familyKey`
 * @throws CostlyEventsError naming the events that cannot be decided on
 */
export async function matchAssistants(
  tx: Tx,
  events: readonly StoredEvent[],
  storeOf: (event: StoredEvent) => StoreRow | undefined,
  families: ReadonlyMap<string, FamilyRow>,
  assistantsOf: Surroundings['assistantsOf'],
): Promise<Match[]> {
  if (events.length === 0) return [];
  const assistants = await assistantsOf([...new Set(events.map(({ projectId }) => projectId))]);
  const byProject = Map.groupBy(assistants, (assistant) => assistant.project_id);
  const efforts = new Map<string, Effort>();
  const turn = new Turn(tx);
  const matches: Match[] = [];
  const costly: IncomingEvent[] = [];
  for (const stored of events) {
    const { event } = stored;
    const candidates = byProject.get(stored.projectId) ?? [];
    if (event.assistantId) {
      matches.push(
        ...candidates.filter(({ id }) => id === event.assistantId).map((assistant) => ({ stored, assistant })),
      );
      continue;
    }
    const family = families.get(familyKey(event.organizationId, event.documentFamilyId ?? ''));
    const heard = heardOf(event, storeOf(stored), family);
    const effort = efforts.get(event.organizationId) ?? new Effort();
    efforts.set(event.organizationId, effort);
    const hearing = await askAll(candidates, heard, effort, turn);
    if (hearing) matches.push(...hearing.map((assistant) => ({ stored, assistant })));
    else costly.push(event);
  }
  if (costly.length > 0) throw new CostlyEventsError(costly);
  return matches;
}

/** After so long the event loop gets a turn, and Postgres a sign that the transaction is not idle. */
const TURN_MS = 10;

class Turn {
  readonly #tx: Tx;
  #beganAt = performance.now();

  constructor(tx: Tx) {
    this.#tx = tx;
  }

  async pass(): Promise<void> {
    if (performance.now() - this.#beganAt < TURN_MS) return;
    await sql`select`.execute(this.#tx);
    this.#beganAt = performance.now();
  }
}

/** @returns undefined when the effort does not suffice */
async function askAll(
  assistants: readonly AssistantRow[],
  heard: Heard,
  effort: Effort,
  turn: Turn,
): Promise<AssistantRow[] | undefined> {
  effort.nextEvent();
  const hearing: AssistantRow[] = [];
  try {
    for (const assistant of assistants) {
      if (listensTo(assistant, heard, effort)) hearing.push(assistant);
      await turn.pass();
    }
  } catch (error) {
    if (error instanceof EffortError) return undefined;
    throw error;
  }
  return hearing;
}

/** What subscriptions see of an event. @param family as the event left it */
export function heardOf(event: IncomingEvent, store: StoreRow | undefined, family: FamilyRow | undefined): Heard {
  const objects = family?.content_objects ?? [];
  const object = objects.find(({ id }) => id === event.contentObjectId) ?? newestVersion(objects);
  const { status } = event.data;
  return {
    eventType: event.eventType,
    refs: refsOf(event, store),
    storeId: store?.id ?? family?.store_id ?? null,
    channelId: event.channelId,
    status: family?.document_status ?? (typeof status === 'string' ? status : null),
    contentType: object?.contentType ?? null,
    documentFamily: family ?? null,
  };
}

/** Everything a connection may name the event's source by. */
function refsOf(event: IncomingEvent, store: StoreRow | undefined): Partial<Record<ConnectionSource, string[]>> {
  const { workspaceId } = event.data;
  return {
    STORE: store
      ? [store.id, `${store.org_slug}/${store.slug}`, `${store.org_slug}/${store.slug}:${store.version}`]
      : [],
    CHANNEL: event.channelId ? [event.channelId] : [],
    DOCUMENT_FAMILY: event.documentFamilyId ? [event.documentFamilyId] : [],
    TASK: event.taskId ? [event.taskId] : [],
    WORKSPACE: typeof workspaceId === 'string' ? [workspaceId] : [],
  };
}
