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
