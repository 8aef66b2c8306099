import { ApiError } from './api-error.ts';

/** Of an address, before its further ones are refused unseen for the rest of the minute. */
const A_MINUTE = 100;
const MINUTE_MS = 60_000;
/** Beyond it the one that was first is forgotten. */
const MAX_ADDRESSES = 10_000;

/** Counts the keys nobody knows that come from each address, so that guessing costs the record nothing. */
export class UnknownKeys {
  readonly #byAddress = new Map<string, { count: number; untilMs: number }>();

  /** @throws ApiError TOO_MANY_REQUESTS */
  check(address: string, nowMs: number): void {
    const seen = this.#byAddress.get(address);
    if (seen === undefined || seen.untilMs <= nowMs || seen.count < A_MINUTE) return;
    throw new ApiError('TOO_MANY_REQUESTS', 'Too many unknown API keys came from this address.', {
      headers: { 'retry-after': String(Math.ceil((seen.untilMs - nowMs) / 1_000)) },
    });
  }

  note(address: string, nowMs: number): void {
    const seen = this.#byAddress.get(address);
    if (seen !== undefined && seen.untilMs > nowMs) {
      seen.count += 1;
      return;
    }
    this.#byAddress.delete(address);
    this.#byAddress.set(address, { count: 1, untilMs: nowMs + MINUTE_MS });
    if (this.#byAddress.size <= MAX_ADDRESSES) return;
    const [oldest] = this.#byAddress.keys();
    if (oldest !== undefined) this.#byAddress.delete(oldest);
  }
}
