import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { LIMITS } from '@gantry/domain/limits';
import { validate as isUuid } from 'uuid';
import type { Tx } from '../connection/database.ts';
import { WrongGuessError } from '../connection/retry-transaction.ts';
import { allOver } from '../connection/together.ts';
import { draftEvents, insertEvents, type StoredEvent } from './insert-events.ts';
import { lookAround, type Surroundings } from './look-around.ts';
import { type Refusal, type ResolvedEvent, resolveProjects } from './resolve-projects.ts';
import { resolveStores, type StoreRow } from './resolve-stores.ts';
import { type FamilyRow, upsertFamilies } from './upsert-families.ts';

export interface StoredEvents {
  surroundings: Surroundings;
  /** Those that events name. */
  stores: ReadonlyMap<IncomingEvent, StoreRow>;
  /** The project of each event, or why it is refused, in order. */
  resolved: readonly (ResolvedEvent | Refusal)[];
  /** Those that were taken. */
  stored: readonly StoredEvent[];
  /** As the events left them, by `familyKey`. */
  families: ReadonlyMap<string, FamilyRow>;
}

/** Of so few events waiting for Postgres is most of what they take; more would be much to do again after a wrong guess. */
const GUESSED = 20;

/** Whether it is likely that these are new, and each of a project of its own: all that is written of them is known then. */
export function areLikelyNew(events: readonly IncomingEvent[]): boolean {
  return events.length <= GUESSED && events.every(namesProjectAlone);
}

function namesProjectAlone(event: IncomingEvent): boolean {
  return event.storeId === null && isUuid(event.projectId) && !isTooDeep(event);
}

function isTooDeep(event: IncomingEvent): boolean {
  return event.causeDepth > LIMITS.causeDepth;
}

/** Stores events, and what they say of document families. */
export async function storeEvents(tx: Tx, events: readonly IncomingEvent[], now: Date): Promise<StoredEvents> {
  const surroundings = await lookAround(tx, events);
  const stores = await resolveStores(tx, events);
  const resolved = await resolveProjects(tx, events, stores, surroundings.namesOwnProject);
  const accepted = resolved.filter(
    (result): result is ResolvedEvent => 'projectId' in result && !isTooDeep(result.event),
  );
  const stored = await insertEvents(tx, draftEvents(accepted), now);
  const families = await upsertFamilies(
    tx,
    stored,
    ({ event }) => stores.get(event),
    now,
    async () => surroundings.listening,
  );
  return { surroundings, stores, resolved, stored, families };
}

/**
 * The same for events that are likely new: everything is asked and written together, where one by one waits three times.
 * @throws WrongGuessError when one of them is refused, or was sent before
 */
export async function storeLikelyNew(tx: Tx, events: readonly IncomingEvent[], now: Date): Promise<StoredEvents> {
  const resolved = events.map((event) => ({ event, projectId: event.projectId ?? '' }));
  const drafts = draftEvents(resolved);
  const looking = lookAround(tx, events);
  const storing = insertEvents(tx, drafts, now);
  const telling = upsertFamilies(
    tx,
    drafts.map((draft) => ({ ...draft, duplicate: false })),
    () => undefined,
    now,
    // No promise of its own, which nobody would wait for when the writing fails as well.
    async () => (await looking).listening,
  );
  const [surroundings, stored, families] = await allOver([looking, storing, telling]);
  const asGuessed = stored.every(({ duplicate }) => !duplicate) && events.every(surroundings.namesOwnProject);
  if (!asGuessed) throw new WrongGuessError();
  return { surroundings, stores: new Map(), resolved, stored, families };
}
