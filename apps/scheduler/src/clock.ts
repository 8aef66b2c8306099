import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { Database } from '@gantry/record/connection/database';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import {
  type Fired,
  findDueSchedules,
  fireSchedules,
  type ScheduleKey,
  type WhichDue,
} from '@gantry/record/schedules/fire-schedules';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';
import type { Lookout } from './lookout.ts';
import { isPoison, mayPass } from './poison.ts';

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
/** One that the record refuses stays due, and is tried again after this. */
const REFUSED_MS = 60_000;

/** Fires the schedules of assistants as they become due. */
export function clock({ db, leadership, commits, lookout, priorityDefaults, logger }: ClockDeps): Periodic {
  let waitMs = NEW_ONES_MS;
  /** What was fired changed what is due next. */
  let fired = false;
  /** Those that the record refused, and until when (of performance.now()) they are left out. */
  const refused = new Map<ScheduleKey, number>();

  const fire = (which: WhichDue & { only?: ScheduleKey }) =>
    commits.follow(asLeader(db, leadership, (tx, now) => fireSchedules(tx, which, { priorityDefaults, now })));
  const told = ({ due, missed }: Fired): number => {
    for (const slots of missed) logger.warn(slots, 'slots of a schedule were missed, and are left out');
    return due;
  };
  /** @returns how many were fired; as many as a batch: there may be more */
  const fireNext = async (): Promise<number> => {
    for (const [key, until] of refused) if (until <= performance.now()) refused.delete(key);
    const which = { batch: BATCH, except: [...refused.keys()] };
    try {
      return told(await fire(which));
    } catch (error) {
      if (!isPoison(error)) throw error;
    }
    // One of them is to blame; what else is due comes with the next look.
    const due = await commits.follow(asLeader(db, leadership, (tx, now) => findDueSchedules(tx, which, now)));
    for (const key of due) await fireAlone(key);
    return 0;
  };
  const fireAlone = async (key: ScheduleKey): Promise<void> => {
    try {
      told(await fire({ batch: 1, except: [], only: key }));
    } catch (error) {
      if (!isPoison(error)) throw error;
      const againMs = mayPass(error) ? NEW_ONES_MS : REFUSED_MS;
      logger.error({ err: error, schedule: key, againMs }, 'a schedule cannot be fired: it is tried again');
      refused.set(key, performance.now() + againMs);
    }
  };

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
      for (let count = BATCH; count === BATCH; ) count = await fireNext();
      if (refused.size > 0) waitMs = NEW_ONES_MS;
    },
  });
}
