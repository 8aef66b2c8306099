import { eventTypeRow } from './event-type.ts';

export const MIN_PRIORITY = 0;
export const MAX_PRIORITY = 1000;

/** What a run asked for by a person gets, reprocessing included. */
export const MANUAL_PRIORITY = 7;

/** Where something less urgent has waited for too long, one in so many goes to what waited longest. */
export const TURN_IN = 8;

/** BullMQ's largest priority number. BullMQ serves the smallest number first, and jobs without one before all others. */
const QUEUE_PRIORITY_MAX = 2_097_151;

/** The event's own priority, else the assistant's hint, else the default of the event's type: 0 to 1000, higher first. */
export function resolvePriority(
  own: number | null | undefined,
  hint: number | null | undefined,
  eventType: string,
  defaults: Readonly<Record<string, number>> = {},
): number {
  return own ?? hint ?? defaults[eventType] ?? eventTypeRow(eventType).priority;
}

/** Turns "higher first" into BullMQ's "smaller first"; never 0, which would overtake everything. */
export function toQueuePriority(priority: number): number {
  if (!Number.isInteger(priority) || priority < MIN_PRIORITY || priority > MAX_PRIORITY) {
    throw new RangeError(`priority must be an integer from ${MIN_PRIORITY} to ${MAX_PRIORITY}, got ${priority}`);
  }
  return QUEUE_PRIORITY_MAX - priority;
}

/** The priority that a job in a queue was given. */
export function fromQueuePriority(queued: number): number {
  return QUEUE_PRIORITY_MAX - queued;
}
