import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

/** What takes long is looked at less and less often: a look costs what is waited for CPU, too. */
const INTERVAL_MS = { first: 20, longest: 100, growth: 1.25 };

interface WaitOptions {
  timeoutMs?: number;
  /** Default 20, and up to 100 as it goes on. */
  intervalMs?: number;
  /** What is waited for, for the error. */
  what?: string;
}

/**
 * Calls `condition` until it gives something truthy and returns that. Exceptions count as "not yet". Throws after
 * `timeoutMs` (60 s: only what fails takes as long, also on a busy machine) with the last value or error.
 */
export async function waitFor<T>(condition: () => T | Promise<T>, options: WaitOptions = {}): Promise<NonNullable<T>> {
  const { timeoutMs = 60_000, intervalMs, what = 'the condition' } = options;
  const deadline = Date.now() + timeoutMs;
  const { first, longest, growth } = INTERVAL_MS;
  for (let pause = first; ; pause = Math.min(pause * growth, longest)) {
    const last = await attempt(condition);
    if ('value' in last && last.value) return last.value;
    if (Date.now() >= deadline) {
      const outcome = 'value' in last ? `last value: ${inspect(last.value)}` : `last error: ${inspect(last.error)}`;
      throw new Error(`Waited ${timeoutMs} ms for ${what} (${outcome})`);
    }
    await delay(intervalMs ?? pause);
  }
}

async function attempt<T>(condition: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await condition() };
  } catch (error) {
    return { error };
  }
}
