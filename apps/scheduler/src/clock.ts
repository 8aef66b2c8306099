import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { Database } from '@gantry/record/connection/database';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import { fireSchedules } from '@gantry/record/schedules/fire-schedules';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';
import type { Lookout } from './lookout.ts';

interface ClockDeps {
  db: Database;
  leadership: Leadership;
  commits: Pick<CommitFollower, 'follow'>;
  lookout: Lookout;
  priorityDefaults: Readonly<Record<string, number>>;
  logger: Logger;
}

/** Schedules are saved and changed by others: what is due is asked again after so long at the latest. */
const NEW_ONES_MS = 1_000;
/** A schedule may stay due until an execution has ended: it is tried again after this. */
const DUE_MS = 50;

/** Each may fire a hundred missed slots, all in one transaction. */
const BATCH = 20;

/** Fires the schedules of assistants as they become due. */
export function clock({ db, leadership, commits, lookout, priorityDefaults, logger }: ClockDeps): Periodic {
  let waitMs = NEW_ONES_MS;
  /** What was fired changed what is due next. */
  let fired = false;
  return periodic({
    name: 'clock',
    everyMs: () => waitMs,
    logger,
    run: async () => {
      waitMs = NEW_ONES_MS;
      const { nextScheduleInMs, readAtMs } = await lookout.look(fired ? 0 : undefined);
      fired = false;
      if (nextScheduleInMs === null) return;
      const dueInMs = nextScheduleInMs - (performance.now() - readAtMs);
      waitMs = Math.min(Math.max(dueInMs, DUE_MS), NEW_ONES_MS);
      if (dueInMs > 0) return;
      fired = true;
      for (let count = BATCH; count === BATCH; ) {
        const options = { priorityDefaults, batch: BATCH };
        count = await commits.follow(asLeader(db, leadership, (tx, now) => fireSchedules(tx, { ...options, now })));
      }
    },
  });
}
