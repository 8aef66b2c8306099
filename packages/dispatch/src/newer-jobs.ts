import { NEWEST_SHAPE, shapeOf } from '@gantry/domain/shape';
import type { JobEnd } from './job-worker.ts';

const SOONEST_MS = 2_000;
const LATEST_MS = 60_000;
/** However many there are, one of them is looked at again in this time. */
const APART_MS = 50;
const SAY_EVERY_MS = 60_000;

/**
 * Jobs that a newer version of Gantry wrote, which runs beside this one: they go back to their queue for a process of that
 * version. However many there are, this one spends little on them, and says once a minute how many it was given.
 */
export class NewerJobs {
  readonly #say: (jobs: number) => void;
  #lastDue = 0;
  #unsaid = 0;
  #saidAt = -Infinity;

  constructor(say: (jobs: number) => void) {
    this.#say = say;
  }

  /** @returns that the job is put back; undefined for one that this version reads */
  putBack(data: unknown, now: number): JobEnd | undefined {
    if (shapeOf(data) <= NEWEST_SHAPE) return undefined;
    this.#unsaid += 1;
    if (now - this.#saidAt >= SAY_EVERY_MS) {
      this.#say(this.#unsaid);
      this.#saidAt = now;
      this.#unsaid = 0;
    }
    this.#lastDue = Math.min(Math.max(now + SOONEST_MS, this.#lastDue + APART_MS), now + LATEST_MS);
    return { kind: 'put-back', at: this.#lastDue };
  }
}
