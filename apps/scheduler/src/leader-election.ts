import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@gantry/record/connection/database';
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

/** A leader whose duties have not started in this time lets its lease run out: another one may be luckier. */
const START_LIMIT_MS = 15_000;

/** A duty that takes longer to stop is left behind: what it still does is refused, its term is over. */
const STOP_LIMIT_MS = 8_000;

/**
 * Of all schedulers one leads: this one starts the leader's duties when it is, and stops them when it no longer is. While
 * they start it renews its lease, however long that takes; while they stop it takes none, which might have run out again
 * by the time it could begin.
 */
export function leaderElection({ db, holder, logger, duties }: Election): Service & { leads: () => boolean } {
  /** The term that duties are started for. */
  let held: Leadership | undefined;
  let leads = false;
  let running: readonly Service[] = [];
  let change: { done: Promise<void>; since: number } | undefined;

  const begin = async (leadership: Leadership) => {
    held = leadership;
    logger.info({ term: leadership.term }, 'leading');
    running = duties(leadership);
    try {
      for (const duty of running) await duty.start();
      leads = held === leadership;
    } catch (error) {
      // They are made anew at the next look: a leader does all of its duties or none.
      logger.error({ err: error, term: leadership.term }, 'could not start what a leader does');
      await end();
    }
  };
  const end = async () => {
    held = undefined;
    leads = false;
    for (const duty of running.toReversed()) {
      await inTime(duty.stop()).catch((error) => logger.error({ err: error, duty: duty.name }, 'could not stop'));
    }
    running = [];
  };
  const changeBy = (done: Promise<void>) => {
    const mine = { done, since: performance.now() };
    change = mine;
    void done.finally(() => {
      if (change === mine) change = undefined;
    });
  };
  const look = async () => {
    if (change && (held === undefined || performance.now() - change.since > START_LIMIT_MS)) return;
    const next = await acquireLeadership(db, holder).catch((error) => {
      // Nothing can be written without Postgres, by anybody: whoever gets the lease afterwards leads.
      logger.warn({ err: error }, 'Postgres did not answer: not leading');
      return undefined;
    });
    if (next?.term === held?.term) return;
    if (held !== undefined) {
      logger.warn({ term: held.term }, 'no longer leading');
      held = undefined;
      leads = false;
      changeBy((change?.done ?? Promise.resolve()).then(end));
    } else if (next !== undefined) {
      changeBy(begin(next));
    }
  };
  const looking = periodic({ name: 'leader-election', everyMs: LOOK_EVERY_MS, logger, run: look });
  return {
    name: looking.name,
    leads: () => leads,
    start: looking.start,
    async stop() {
      await looking.stop();
      await change?.done;
      const last = held;
      await end();
      if (last) await resignLeadership(db, last).catch((error) => logger.warn({ err: error }, 'could not resign'));
    },
  };
}

async function inTime(stopping: Promise<void>): Promise<void> {
  const settled = new AbortController();
  const limit = delay(STOP_LIMIT_MS, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`not stopped within ${STOP_LIMIT_MS} ms`);
  });
  try {
    await Promise.race([stopping, limit]);
  } finally {
    settled.abort();
    limit.catch(() => undefined);
    stopping.catch(() => undefined);
  }
}
