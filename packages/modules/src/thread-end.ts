import { setTimeout as delay } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { describeError } from './step-error.ts';
import type { StepError } from './step-result.ts';

const LIMIT_MS = 5_000;

/**
 * Ends the thread that runs the task of `hardStop`. Resolves once it is gone, so that nothing of the step still runs:
 * true; or false after 5 s, for a blocking call in a thread cannot be interrupted.
 */
export async function endThreadOf(pool: Piscina, hardStop: AbortController): Promise<boolean> {
  const before = pool.threads;
  // The pool drops the thread of an aborted task at once, and does not say which one it was.
  hardStop.abort();
  const after = new Set(pool.threads);
  const thread: Worker | undefined = before.find((candidate) => !after.has(candidate));
  if (thread === undefined) return true;
  const ended = thread.terminate().then(() => true);
  return Promise.race([ended, delay(LIMIT_MS, false, { ref: false })]);
}

/** What is known when a thread was lost without a word of its own. */
export function describeThreadLoss(error: unknown, maxHeapMb: number): StepError {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return { code: 'MODULE_OUT_OF_MEMORY', message: `The module needed more than ${maxHeapMb} MB of memory` };
  }
  return describeError(error, 'MODULE_CRASHED');
}
