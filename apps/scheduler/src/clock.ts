import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { Database } from '@gantry/record/connection/database';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import { fireSchedules } from '@gantry/record/schedules/fire-schedules';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';

interface ClockDeps {
  db: Database;
  leadership: Leadership;
  commits: Pick<CommitFollower, 'follow'>;
  priorityDefaults: Readonly<Record<string, number>>;
  logger: Logger;
}

const LOOK_EVERY_MS = 250;

/** Each may fire a hundred missed slots, all in one transaction. */
const BATCH = 20;

/** Fires the schedules of assistants as they become due. */
export function clock({ db, leadership, commits, priorityDefaults, logger }: ClockDeps): Periodic {
  return periodic({
    name: 'clock',
    everyMs: LOOK_EVERY_MS,
    logger,
    run: async () => {
      for (let count = BATCH; count === BATCH; ) {
        const options = { priorityDefaults, batch: BATCH };
        count = await commits.follow(asLeader(db, leadership, (tx, now) => fireSchedules(tx, { ...options, now })));
      }
    },
  });
}
