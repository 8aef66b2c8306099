import type { Logger } from '@gantry/service/logger';

/** Clocks that are kept in time differ by less, also while a machine is busy. */
const TOLERANCE_MS = 60_000;

/** A clock that has jumped may jump back: it is believed again when nothing has happened for so long. */
const REST_MS = 3_600_000;

interface Look {
  record: number;
  monotonic: number;
}

/**
 * Compares the clock of the record with this machine's, and with the time that has passed. What cannot be undone, such as
 * removing what is old, is not done by a clock that is in doubt.
 */
export class ClockWatch {
  readonly #logger: Pick<Logger, 'error'>;
  #last: Look | undefined;
  #apartMs = 0;
  /** Of the last jump, by the monotonic clock. */
  #jumped: { at: number; byMs: number } | undefined;

  constructor(logger: Pick<Logger, 'error'>) {
    this.#logger = logger;
  }

  /** To be called again and again. @param record what the clock of the record said just now */
  look(record: Date, local = Date.now(), monotonic = performance.now()): void {
    const before = this.complaint(monotonic);
    this.#apartMs = record.getTime() - local;
    if (this.#last) {
      const byMs = record.getTime() - this.#last.record - (monotonic - this.#last.monotonic);
      if (Math.abs(byMs) > TOLERANCE_MS) this.#jumped = { at: monotonic, byMs };
    }
    this.#last = { record: record.getTime(), monotonic };
    const complaint = this.complaint(monotonic);
    if (complaint && !before) this.#logger.error({ complaint }, 'the clocks are in doubt: nothing is pruned');
  }

  /** @returns why the clocks are in doubt, if they are */
  complaint(monotonic = performance.now()): string | undefined {
    if (Math.abs(this.#apartMs) > TOLERANCE_MS) {
      return `the clock of Postgres and the scheduler's are ${Math.abs(seconds(this.#apartMs))} s apart: nothing is pruned`;
    }
    if (this.#jumped && monotonic - this.#jumped.at < REST_MS) {
      return `the clock of Postgres has jumped by ${seconds(this.#jumped.byMs)} s: nothing is pruned for an hour`;
    }
    return undefined;
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}
