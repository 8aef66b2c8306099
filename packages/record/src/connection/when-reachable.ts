import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseUnavailable } from './database-error.ts';

/** Whoever starts in a restart of Postgres waits for it; a Postgres that is not there at all is an error before long. */
const PATIENCE_MS = 15_000;
const RETRY_MS = 500;

/**
 * Does what an app needs Postgres for at its start, again until Postgres can be reached, for 15 s at most.
 * @param onAway told each time why it has to wait
 */
export async function whenReachable<T>(work: () => Promise<T>, onAway: (error: unknown) => void): Promise<T> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseUnavailable(error) || performance.now() > untilMs) throw error;
      onAway(error);
      await delay(RETRY_MS);
    }
  }
}
