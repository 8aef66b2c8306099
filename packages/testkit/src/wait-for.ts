import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

interface WaitOptions {
  timeoutMs?: number;
  intervalMs?: number;
  /** What is waited for, for the error. */
  what?: string;
}

/**
 * Calls `condition` until it gives something truthy and returns that. Exceptions count as "not yet". Throws after
 * `timeoutMs` (60 s: only what fails takes as long, also on a busy machine) with the last value or error.
 */
export async function waitFor<T>(condition: () => T | Promise<T>, options: WaitOptions = {}): Promise<NonNullable<T>> {
  const { timeoutMs = 60_000, intervalMs = 20, what = 'the condition' } = options;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const last = await attempt(condition);
    if ('value' in last && last.value) return last.value;
    if (Date.now() >= deadline) {
      const outcome = 'value' in last ? `last value: ${inspect(last.value)}` : `last error: ${inspect(last.error)}`;
      throw new Error(`Waited ${timeoutMs} ms for ${what} (${outcome})`);
    }
    await delay(intervalMs);
  }
}

async function attempt<T>(condition: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await condition() };
  } catch (error) {
    return { error };
  }
}
