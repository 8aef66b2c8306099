/** How long finished jobs stay, for Bull Board only. The record keeps what happened. */
export const KEEP_FINISHED = { count: 1_000, age: 3_600 };

/** A job that is kept costs Redis a fifth more than one that goes at once: of many, Bull Board sees a sample. */
const KEPT_PER_SECOND = 20;

/** Which of the jobs that finish are kept: the first ones of each second. */
export class KeptJobs {
  #second = 0;
  #count = 0;

  /** @param now ms since 1970 */
  keepsOneMore(now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) this.#count = 0;
    this.#second = second;
    this.#count += 1;
    return this.#count <= KEPT_PER_SECOND;
  }
}
