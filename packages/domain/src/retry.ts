import type { ExecutionPolicy } from './pipeline.ts';

/** No wait is longer than a day, however often the base doubles. */
const MAX_BACKOFF_MS = 86_400_000;

/** Milliseconds to wait after failed attempt number `attempt` (1-based) before the next one. */
export function backoffMs(policy: ExecutionPolicy, attempt: number): number {
  const baseMs = policy.backoffBaseSeconds * 1000;
  switch (policy.backoffStrategy) {
    case 'immediate':
      return 0;
    case 'fixed':
      return Math.min(baseMs, MAX_BACKOFF_MS);
    case 'exponential':
      return Math.min(baseMs * 2 ** (attempt - 1), MAX_BACKOFF_MS);
  }
}

/** What was tried of a step before: the number of the next attempt, and of those that failed and that crashed. */
export interface Tried {
  attempt: number;
  failures: number;
  /** Of the failures those that took down what they ran in, where nothing had run before. */
  crashes: number;
}

export const UNTRIED: Tried = { attempt: 1, failures: 0, crashes: 0 };

/** How an attempt failed. `fresh`: nothing had run there before it, so nothing that was left there is to blame. */
export type AttemptFailure = 'failed' | 'crashed' | 'crashed-fresh';

export type AfterFailure =
  /** The next attempt, after `waitMs`: in the same slot, or giving that to others. */
  | { kind: 'retry'; tried: Tried; waitMs: number; keepSlot: boolean }
  | { kind: 'exhausted'; status: 'FAILED' | 'SKIPPED' };

/** A step that crashed this often, each time where nothing had run before, is not tried again. */
const MAX_CRASHES = 2;
/** Nor is one that crashed this often anywhere. */
const MAX_FAILURES_BY_CRASH = 10;
/** A longer wait gives the slot to others. */
const MAX_WAIT_IN_SLOT_MS = 5_000;

/** What a failure says of another try. */
export interface RetryWish {
  /** It is of no use. */
  permanent?: boolean;
  /** It is of no use before so many seconds have passed. */
  retryAfter?: number;
}

/** What follows a failed attempt. A crash is tried again once whatever the policy says, and twice at most. */
export function afterFailure(
  policy: ExecutionPolicy,
  tried: Tried,
  failure: AttemptFailure,
  { permanent = false, retryAfter = 0 }: RetryWish = {},
): AfterFailure {
  const failures = tried.failures + 1;
  const crashes = tried.crashes + (failure === 'crashed-fresh' ? 1 : 0);
  const exhausted =
    failure === 'failed' ? failures >= policy.maxAttempts : crashes >= MAX_CRASHES || failures >= MAX_FAILURES_BY_CRASH;
  if (exhausted || permanent)
    return { kind: 'exhausted', status: policy.onExhausted === 'skip' ? 'SKIPPED' : 'FAILED' };
  const waitMs = Math.min(Math.max(backoffMs(policy, failures), retryAfter * 1_000), MAX_BACKOFF_MS);
  const next = { attempt: tried.attempt + 1, failures, crashes };
  return { kind: 'retry', tried: next, waitMs, keepSlot: waitMs <= MAX_WAIT_IN_SLOT_MS };
}
