import type { ExceptionDetails } from './exception-details.ts';

/** RUNNING aside, how an attempt of a step ended; LOST: nothing was heard of it any more, and another one followed. */
export const ATTEMPT_OUTCOMES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CRASHED', 'ABORTED', 'LOST'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** One attempt of a step. Instants in ms since 1970. */
export interface StepAttempt {
  /** Counted from 1 over all plannings of the execution. */
  number: number;
  workerId: string | null;
  startedAt: number;
  finishedAt: number | null;
  outcome: AttemptOutcome;
  error: ExceptionDetails | null;
}

/** Of one step; the newest. */
export const ATTEMPTS_KEPT = 20;
