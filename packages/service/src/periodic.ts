import type { Logger } from './logger.ts';
import { untilNextInstant } from './next-instant.ts';
import type { Service } from './service.ts';

export interface Periodic extends Service {
  /** Runs now, or right after the run that is under way. */
  wake(): void;
}

export interface PeriodicOptions {
  name: string;
  /**
   * Milliseconds from the start of one run to the start of the next, and at least half of them from its end; asked at the
   * end of each, where it changes.
   */
  everyMs: number | (() => number);
  run: () => Promise<void>;
  logger: Logger;
}

/**
 * Does something again and again, never twice at the same time, and where it can be at the same instants as others that
 * do. A run that fails is logged, once for all that follow with the same error, and so is the first that succeeds again.
 */
export function periodic({ name, everyMs, run, logger }: PeriodicOptions): Periodic {
  let started = false;
  let stopped = false;
  let wanted = false;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | undefined;
  /** What the last run failed with. */
  let failure: string | undefined;

  const runOnce = async () => {
    do {
      wanted = false;
      try {
        await run();
        if (failure !== undefined) logger.info({ service: name }, 'runs again');
        failure = undefined;
      } catch (error) {
        if (!stopped && String(error) !== failure) logger.error({ err: error, service: name }, 'a run failed');
        failure = String(error);
      }
    } while (wanted && !stopped);
    underWay = undefined;
    if (!stopped) timer = setTimeout(begin, untilNextInstant(typeof everyMs === 'number' ? everyMs : everyMs()));
  };
  const begin = () => {
    clearTimeout(timer);
    underWay ??= runOnce();
  };
  return {
    name,
    wake() {
      if (stopped) return;
      wanted = true;
      begin();
    },
    async start() {
      if (started || stopped) return;
      started = true;
      begin();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
