import type { ExceptionDetails } from './exception-details.ts';
import type { StepState } from './execution-state.ts';
import { ATTEMPTS_KEPT, type AttemptOutcome, type StepAttempt } from './step-attempt.ts';

const CODES: Readonly<Record<string, AttemptOutcome>> = {
  STEP_TIMEOUT: 'TIMED_OUT',
  MODULE_CRASHED: 'CRASHED',
  MODULE_OUT_OF_MEMORY: 'CRASHED',
  WORKER_LOST: 'LOST',
  STEP_CANCELLED: 'ABORTED',
  STEP_ABORTED: 'ABORTED',
};

function outcomeOf(error: ExceptionDetails | null): AttemptOutcome {
  return CODES[error?.errorType ?? ''] ?? 'FAILED';
}

/** The earlier attempts once the present one, if there is any, has ended too. @param end null: it was lost */
export function endEarlier(
  step: StepState,
  end: { at: number; error: ExceptionDetails } | null,
): readonly StepAttempt[] {
  const { attemptStartedAt: startedAt, workerId, earlierAttempts } = step;
  if (startedAt === null) return earlierAttempts;
  const ended: StepAttempt = {
    number: nextNumber(step),
    workerId,
    startedAt,
    finishedAt: end?.at ?? null,
    outcome: end === null ? 'LOST' : outcomeOf(end.error),
    error: end?.error ?? null,
  };
  // Without the present one, which is kept as well.
  return [...earlierAttempts, ended].slice(1 - ATTEMPTS_KEPT);
}

function nextNumber({ earlierAttempts }: StepState): number {
  return (earlierAttempts.at(-1)?.number ?? 0) + 1;
}

/** The attempts of a step, oldest first. One whose conditional did not hold had none. */
export function attemptsOf(step: StepState): StepAttempt[] {
  const { attemptStartedAt: startedAt, workerId, finishedAt, exceptionDetails: error } = step;
  if (startedAt === null || wasNotTried(step)) return [...step.earlierAttempts];
  const outcome = presentOutcome(step);
  const running = outcome === 'RUNNING';
  const present = { number: nextNumber(step), workerId, startedAt, finishedAt, outcome, error: running ? null : error };
  return [...step.earlierAttempts, present];
}

function wasNotTried({ status, finishedAt, exceptionDetails: error }: StepState): boolean {
  if (status !== 'SKIPPED' || finishedAt === null) return false;
  return error === null || error.errorType === 'CONDITIONAL_FAILED';
}

function presentOutcome({ status, finishedAt, exceptionDetails }: StepState): AttemptOutcome {
  switch (status) {
    case 'PENDING':
    case 'RUNNING':
      return 'RUNNING';
    case 'SUCCEEDED':
      return 'SUCCEEDED';
    case 'CANCELLED':
      return 'ABORTED';
    case 'FAILED':
    case 'SKIPPED':
      // The execution ended while it ran.
      return finishedAt === null ? 'ABORTED' : outcomeOf(exceptionDetails);
  }
}
