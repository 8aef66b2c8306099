const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after each attempt that failed the next one comes: a bit more than a day in all. */
const PAUSES = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  10 * HOUR,
];

/** A receiver that never answers well for so long gets nothing any more. */
const PATIENCE_MS = 3 * 24 * HOUR;

/** A receiver that says when to come back is believed, within reason. */
const LONGEST_HOLD_MS = 24 * HOUR;

/** What came of one attempt. */
export type AttemptOutcome =
  | { delivered: true; status: number | null }
  | { delivered: false; status: number | null; error: string /** Asked for by the receiver. */; retryAfterMs?: number };

/** @returns when to try again, ms since 1970; undefined: not any more */
export function nextAttemptAt(attempts: number, outcome: AttemptOutcome, now: number): number | undefined {
  const pause = PAUSES[attempts - 1];
  if (outcome.delivered || pause === undefined) return undefined;
  return now + Math.max(pause, Math.min(outcome.retryAfterMs ?? 0, LONGEST_HOLD_MS));
}

/** Why a receiver gets nothing any more; undefined while it does. */
export function reasonToDisable(outcomes: readonly AttemptOutcome[], failingSince: number | null, now: number) {
  if (outcomes.some(({ status }) => status === 410)) return 'The receiver answered 410: it is gone.';
  if (failingSince === null || now - failingSince < PATIENCE_MS) return undefined;
  return 'Nothing could be delivered for three days.';
}

/** @param value of a Retry-After header: seconds, or a date @returns milliseconds */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : (Date.parse(value) - now) / 1_000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds * 1_000);
}
