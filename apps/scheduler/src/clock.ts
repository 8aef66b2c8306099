import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { Database } from '@gantry/record/connection/database';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import { fireSchedules, nextScheduleInMs } from '@gantry/record/schedules/fire-schedules';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';

interface ClockDeps {
  db: Database;
  leadership: Leadership;
  commits: Pick<CommitFollower, 'follow'>;
  priorityDefaults: Readonly<Record<string, number>>;
  logger: Logger;
}

const LOOK_EVERY_MS = 50;
/** Schedules are saved and changed by others: what is due is asked again after so long at the latest. */
const NEW_ONES_MS = 1_000;

/** Each may fire a hundred missed slots, all in one transaction. */
const BATCH = 20;

/** Fires the schedules of assistants as they become due. */
export function clock({ db, leadership, commits, priorityDefaults, logger }: ClockDeps): Periodic {
  let lookAt = Number.NEGATIVE_INFINITY;
  return periodic({
    name: 'clock',
    everyMs: LOOK_EVERY_MS,
    logger,
    run: async () => {
      if (performance.now() < lookAt) return;
      const dueInMs = (await nextScheduleInMs(db)) ?? NEW_ONES_MS;
      if (dueInMs > 0) {
        lookAt = performance.now() + Math.min(dueInMs, NEW_ONES_MS);
        return;
      }
      for (let count = BATCH; count === BATCH; ) {
        const options = { priorityDefaults, batch: BATCH };
        count = await commits.follow(asLeader(db, leadership, (tx, now) => fireSchedules(tx, { ...options, now })));
      }
    },
  });
}
