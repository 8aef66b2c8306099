import { ApiError } from './api-error.ts';

/** Reads of an organization that wait for its others, before more are refused. */
const MAX_WAITING = 100;
/** So much time of connections an organization may take at once; it comes back as time passes, a second each second. */
const BURST_MS = 30_000;

interface Share {
  busy: number;
  waiting: (() => void)[];
  spentMs: number;
  atMs: number;
}

/**
 * What each organization may have of the connections to the record for reading: half of them, and a single one once its
 * reads have taken longer than others could bear. So slow filters of one hold up only that one.
 */
export class ReadShares {
  readonly #most: number;
  readonly #now: () => number;
  readonly #shares = new Map<string, Share>();

  /** @param connections there are; `now` in ms, of a clock that never goes back */
  constructor(connections: number, now: () => number = () => performance.now()) {
    this.#most = Math.max(1, Math.floor(connections / 2));
    this.#now = now;
  }

  /** Does the work once it is its turn. @throws ApiError TOO_MANY_REQUESTS */
  async run<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    const share = this.#shareOf(organizationId);
    if (share.busy >= this.#allowed(share)) await this.#turn(share);
    else share.busy += 1;
    const from = this.#now();
    try {
      return await work();
    } finally {
      share.spentMs = this.#spent(share) + this.#now() - from;
      share.atMs = this.#now();
      share.busy -= 1;
      this.#admit(share);
      if (share.busy === 0 && share.spentMs < BURST_MS) this.#shares.delete(organizationId);
    }
  }

  #shareOf(organizationId: string): Share {
    const known = this.#shares.get(organizationId);
    if (known !== undefined) return known;
    const share = { busy: 0, waiting: [], spentMs: 0, atMs: this.#now() };
    this.#shares.set(organizationId, share);
    return share;
  }

  #allowed(share: Share): number {
    return this.#spent(share) > BURST_MS ? 1 : this.#most;
  }

  #spent({ spentMs, atMs }: Share): number {
    return Math.max(0, spentMs - (this.#now() - atMs));
  }

  #turn({ waiting }: Share): Promise<void> {
    if (waiting.length >= MAX_WAITING) {
      throw new ApiError('TOO_MANY_REQUESTS', 'Too many reads of this organization wait for each other.', {
        headers: { 'retry-after': '1' },
      });
    }
    return new Promise((resolve) => waiting.push(resolve));
  }

  #admit(share: Share): void {
    while (share.busy < this.#allowed(share)) {
      const next = share.waiting.shift();
      if (next === undefined) return;
      share.busy += 1;
      next();
    }
  }
}
