/** How a call is repeated that the api could not take at the moment. */
export interface RetryPolicy {
  /** Calls in all. */
  attempts: number;
  /** Before the first repetition; doubled each time. */
  baseMs: number;
  /** The longest pause. An api that asks for a longer one is not called again. */
  maxMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, baseMs: 250, maxMs: 20_000 };

/**
 * How long to wait before a call is repeated; undefined: it is not.
 * @param attempt calls made so far
 * @param retryAfterMs what the api asks for
 * @param random from 0 to 1, so that clients that were refused together do not come back together
 */
export function pauseMs(
  policy: RetryPolicy,
  attempt: number,
  retryAfterMs: number | undefined,
  random: number,
): number | undefined {
  if (attempt >= policy.attempts) return undefined;
  const backoffMs = Math.min(policy.maxMs, policy.baseMs * 2 ** (attempt - 1));
  const wantedMs = Math.max(retryAfterMs ?? 0, backoffMs * (0.5 + random / 2));
  return wantedMs > policy.maxMs ? undefined : wantedMs;
}

/** The header Retry-After: seconds, or a date. */
export function readRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
