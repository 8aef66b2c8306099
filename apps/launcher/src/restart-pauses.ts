const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** What ran this long was not failing at its start: the pauses begin anew. */
const STEADY_MS = 10_000;

/** How long to wait before something that ended by itself is started again: 0.5 s, doubled each time to 30 s. */
export class RestartPauses {
  #nextMs = FIRST_MS;

  /** @param ranMs how long it ran */
  next(ranMs: number): number {
    if (ranMs > STEADY_MS) this.#nextMs = FIRST_MS;
    const pauseMs = this.#nextMs;
    this.#nextMs = Math.min(pauseMs * 2, LONGEST_MS);
    return pauseMs;
  }
}
