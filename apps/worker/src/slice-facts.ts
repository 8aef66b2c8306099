import type { Lease } from '@gantry/dispatch/slice-lease';
import type { Progress } from '@gantry/runners/step-result';
import type { Logger } from '@gantry/service/logger';
import type { SliceReports } from './slice-reports.ts';
import { StepNotices } from './step-notices.ts';

const PROGRESS_EVERY_MS = 500;

interface SliceFactsDeps {
  tell: SliceReports['tell'];
  logger: Logger;
}

/** The facts of one lease of a slice: whose they are, in which order they happened, and those that a step tells as it runs. */
export class SliceFacts {
  readonly #lease: Lease;
  readonly #attempt: number;
  readonly #deps: SliceFactsDeps;
  /** Number 0 of this lease is its start. */
  #seq = -1;

  /** @param attempt which lease of the slice it is */
  constructor(lease: Lease, attempt: number, deps: SliceFactsDeps) {
    this.#lease = lease;
    this.#attempt = attempt;
    this.#deps = deps;
  }

  /** @param at ms since 1970 */
  about(step: number, stepAttempt: number, at = Date.now()) {
    const { executionId, epoch, slice } = this.#lease;
    this.#seq += 1;
    return { executionId, epoch, slice, attempt: this.#attempt, seq: this.#seq, step, stepAttempt, at };
  }

  /** Reports progress, the newest at most twice a second; what is lost on the way is overtaken by the next. */
  progressReporter(step: number, stepAttempt: number): (progress: Progress) => void {
    const { tell, logger } = this.#deps;
    let reportedAt = 0;
    return ({ done, max }) => {
      const now = Date.now();
      if (now - reportedAt < PROGRESS_EVERY_MS && done !== max) return;
      reportedAt = now;
      const about = this.about(step, stepAttempt);
      tell({ kind: 'step-progress', ...about, progress: done, progressMax: max }).catch((error) =>
        logger.debug({ err: error }, 'progress'),
      );
    };
  }

  noticesOf(step: number, stepAttempt: number): StepNotices {
    const { tell, logger } = this.#deps;
    const { executionId } = this.#lease;
    return new StepNotices(
      (notice) => tell({ ...this.about(step, stepAttempt), ...notice }),
      (error) => logger.warn({ err: error, executionId, step }, 'log entries not reported'),
    );
  }
}
