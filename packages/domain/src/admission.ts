import { TURN_IN } from './priority.ts';

/** An execution that waits for a place. */
export interface WaitingExecution {
  id: string;
  priority: number;
  assistantId: string | null;
  /** A module runtime that it needs and that no worker serves. */
  unservedRuntime: string | null;
  /** More urgent ones have been before it for too long. */
  passedOver: boolean;
}

/** How many more may be admitted. */
export interface Places {
  all: number;
  /** Beyond those, of executions that are this urgent. */
  urgent: { places: number; priority: number };
  /** Of all, or beyond those, for the oldest of those that were passed over. */
  passedOver: number;
  /** Of executions that need a runtime without workers. */
  unserved: number;
  /** Of assistants that limit their own. */
  assistants: ReadonlyMap<string, number>;
}

export interface AdmissionChoice {
  admitted: string[];
  /** Those for which there is a place, but not for what they wait for as well: nobody need look at them until it is free. */
  held: { id: string; behind: string }[];
}

/** What Redis holds of unfinished executions. */
export interface Admitted {
  all: number;
  /** Of them, behind runtimes without workers. */
  unserved: number;
}

/** The first that waits for a place, and how many that are as urgent, and less so, wait in Redis for a worker. */
export interface Urgent {
  priority: number;
  waiting: number;
  lessUrgent: number;
}

/** Of the limit: more than are run between two looks, so that the most urgent never run out in Redis. */
const URGENT_SHARE = 1 / 4;

/**
 * The places of all and of executions without workers. These count half, and are admitted only while they hold less than
 * half of the limit: however many came in before, the others go on. A share is filled with the most urgent even where there
 * is no place, or else what is less urgent and came in before would be run first; and a smaller one with what was passed over,
 * for the turns that it gets there. Never more than twice the limit are in Redis.
 */
export function placesLeft(limit: number, admitted: Admitted, urgent: Urgent): Omit<Places, 'assistants'> {
  const unserved = Math.min(admitted.unserved, admitted.all);
  const all = Math.max(limit - admitted.all + Math.floor(unserved / 2), 0);
  const most = 2 * limit - admitted.all;
  const urgentPlaces = Math.min(Math.ceil(limit * URGENT_SHARE) - urgent.waiting, most);
  return {
    all,
    urgent: { places: Math.max(urgentPlaces - all, 0), priority: urgent.priority },
    passedOver: Math.max(Math.min(Math.ceil(limit / TURN_IN) - urgent.lessUrgent, most), 0),
    unserved: Math.floor(limit / 2) - unserved,
  };
}

/** What executions wait for besides a place: they are kept apart by it. */
export const behindRuntime = (runtime: string) => `runtime:${runtime}`;
export const behindAssistant = (assistantId: string) => `assistant:${assistantId}`;

/**
 * Whoever comes first takes the places that there are: by priority, then age, after the oldest of those that were passed over,
 * as many as have places of their own.
 */
export function chooseExecutions(waiting: readonly WaitingExecution[], places: Places): AdmissionChoice {
  const assistants = new Map(places.assistants);
  let { all, unserved } = places;
  const choice: AdmissionChoice = { admitted: [], held: [] };
  const turns = new Set(
    waiting
      .filter(({ passedOver }) => passedOver)
      .sort(byAge)
      .slice(0, places.passedOver),
  );
  for (const execution of new Set([...turns, ...waiting.toSorted(byPriorityThenAge)])) {
    const { id, priority, assistantId, unservedRuntime } = execution;
    const urgent = priority >= places.urgent.priority ? places.urgent.places : 0;
    if (all + urgent <= 0 && !turns.has(execution)) break;
    const own = assistants.get(assistantId ?? '') ?? Number.POSITIVE_INFINITY;
    if (assistantId !== null && own <= 0) choice.held.push({ id, behind: behindAssistant(assistantId) });
    else if (unservedRuntime !== null && unserved <= 0)
      choice.held.push({ id, behind: behindRuntime(unservedRuntime) });
    else {
      choice.admitted.push(id);
      all -= 1;
      if (assistantId !== null) assistants.set(assistantId, own - 1);
      if (unservedRuntime !== null) unserved -= 1;
    }
  }
  return choice;
}

export function byPriorityThenAge(
  a: Pick<WaitingExecution, 'id' | 'priority'>,
  b: Pick<WaitingExecution, 'id' | 'priority'>,
): number {
  return b.priority - a.priority || byAge(a, b);
}

/** Ids grow with time. */
function byAge(a: Pick<WaitingExecution, 'id'>, b: Pick<WaitingExecution, 'id'>): number {
  return a.id < b.id ? -1 : 1;
}
