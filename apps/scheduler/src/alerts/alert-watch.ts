import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { RuntimeLoads } from '@gantry/dispatch/runtime-load';
import { findActiveAlerts, recordFinding } from '@gantry/record/alerts/watched-alerts';
import type { Database } from '@gantry/record/connection/database';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';
import { findCondition } from './find-condition.ts';

interface AlertWatchDeps {
  db: Database;
  leadership: Leadership;
  commits: Pick<CommitFollower, 'follow'>;
  runtimes: Pick<RuntimeLoads, 'read'>;
  logger: Logger;
}

const LOOK_EVERY_MS = 5_000;

/** Looks at what alerts watch for, one after the other, and writes down what is to be told. */
export function alertWatch({ db, leadership, commits, runtimes, logger }: AlertWatchDeps): Periodic {
  return periodic({
    name: 'alerts',
    everyMs: LOOK_EVERY_MS,
    logger,
    run: async () => {
      const looking = { db, readLoads: (refs: readonly string[]) => runtimes.read(refs), now: Date.now() };
      for (const alert of await findActiveAlerts(db)) {
        try {
          const finding = await findCondition(alert, looking);
          const told = await commits.follow(
            asLeader(db, leadership, (tx, now) => recordFinding(tx, alert, finding, now)),
          );
          if (told) logger.info({ alertId: alert.id, event: told, finding }, 'an alert is told');
        } catch (error) {
          logger.warn({ err: error, alertId: alert.id }, 'an alert could not be looked at');
        }
      }
    },
  });
}
