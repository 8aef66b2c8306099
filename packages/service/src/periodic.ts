import type { Logger } from './logger.ts';
import type { Service } from './service.ts';

export interface Periodic extends Service {
  /** Runs now, or right after the run that is under way. */
  wake(): void;
}

export interface PeriodicOptions {
  name: string;
  /** Milliseconds from the end of one run to the start of the next. */
  everyMs: number;
  run: () => Promise<void>;
  logger: Logger;
}

/** Does something again and again, never twice at the same time. A run that fails is logged; the next one comes anyway. */
export function periodic({ name, everyMs, run, logger }: PeriodicOptions): Periodic {
  let started = false;
  let stopped = false;
  let wanted = false;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | undefined;

  const runOnce = async () => {
    do {
      wanted = false;
      try {
        await run();
      } catch (error) {
        if (!stopped) logger.error({ err: error, service: name }, 'a run failed');
      }
    } while (wanted && !stopped);
    underWay = undefined;
    if (!stopped) timer = setTimeout(begin, everyMs);
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
