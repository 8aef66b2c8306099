import type { Database } from '@gantry/record/database';
import { acquireLeadership, type Leadership, resignLeadership } from '@gantry/record/leader/leadership';
import type { Logger } from '@gantry/service/logger';
import { periodic } from '@gantry/service/periodic';
import type { Service } from '@gantry/service/service';

interface Election {
  db: Database;
  holder: string;
  logger: Logger;
  /** What the leader does; made anew for each term, in the order in which it is started. */
  duties: (leadership: Leadership) => readonly Service[];
}

/** With a lease of 3.5 s a successor leads at the latest 5 s after the leader's last sign of life. */
const LOOK_EVERY_MS = 1_000;

/** Of all schedulers one leads: this one starts the leader's duties when it is, and stops them when it no longer is. */
export function leaderElection({ db, holder, logger, duties }: Election): Service & { leads: () => boolean } {
  let leadership: Leadership | undefined;
  let running: readonly Service[] = [];

  const step = async (next: Leadership | undefined) => {
    if (next?.term === leadership?.term) return;
    if (leadership) logger.warn({ term: leadership.term }, 'no longer leading');
    await stopDuties();
    if (next === undefined) return;
    logger.info({ term: next.term }, 'leading');
    running = duties(next);
    try {
      for (const duty of running) await duty.start();
    } catch (error) {
      // They are made anew at the next look: a leader does all of its duties or none.
      await stopDuties();
      throw error;
    }
    leadership = next;
  };
  const stopDuties = async () => {
    leadership = undefined;
    for (const duty of running.toReversed()) {
      await duty.stop().catch((error) => logger.error({ err: error, duty: duty.name }, 'could not stop'));
    }
    running = [];
  };
  const look = periodic({
    name: 'leader-election',
    everyMs: LOOK_EVERY_MS,
    logger,
    run: async () => {
      let next: Leadership | undefined;
      try {
        next = await acquireLeadership(db, holder);
      } catch (error) {
        // Nothing can be written without Postgres, by anybody: whoever gets the lease afterwards leads.
        logger.warn({ err: error }, 'Postgres did not answer: not leading');
      }
      await step(next);
    },
  });
  return {
    name: look.name,
    leads: () => leadership !== undefined,
    start: look.start,
    async stop() {
      await look.stop();
      const held = leadership;
      await stopDuties();
      if (held) await resignLeadership(db, held).catch((error) => logger.warn({ err: error }, 'could not resign'));
    },
  };
}
