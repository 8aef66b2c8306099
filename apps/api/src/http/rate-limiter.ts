import { ApiError } from './api-error.ts';

/** Beyond it the ones that have been quiet the longest are forgotten, which only gives them a full bucket again. */
const MAX_BUCKETS = 10_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * A bucket of tokens for each API key: a request takes one, and it fills up at a steady rate to what one second gives.
 * Each api counts for itself.
 */
export class RateLimiter {
  readonly #perSecond: number;
  /** By key, the one used last at the end. */
  readonly #buckets = new Map<string, Bucket>();

  /** @param perSecond requests a key may send each second; 0: as many as it likes */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @throws ApiError TOO_MANY_REQUESTS */
  take(keyId: string, nowMs: number): void {
    if (this.#perSecond === 0) return;
    const { tokens, atMs } = this.#buckets.get(keyId) ?? { tokens: this.#perSecond, atMs: nowMs };
    const gained = (Math.max(0, nowMs - atMs) / 1_000) * this.#perSecond;
    const filled = Math.min(this.#perSecond, tokens + gained);
    this.#keep(keyId, { tokens: filled < 1 ? filled : filled - 1, atMs: nowMs });
    if (filled >= 1) return;
    const seconds = Math.ceil((1 - filled) / this.#perSecond);
    throw new ApiError('TOO_MANY_REQUESTS', `The API key may send ${this.#perSecond} requests a second.`, {
      headers: { 'retry-after': String(seconds) },
    });
  }

  #keep(keyId: string, bucket: Bucket): void {
    this.#buckets.delete(keyId);
    this.#buckets.set(keyId, bucket);
    if (this.#buckets.size <= MAX_BUCKETS) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
