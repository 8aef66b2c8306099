import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { Database } from '@gantry/record/connection/database';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import { sumUpDeltas } from '@gantry/record/rollups/sum-up-deltas';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';
import type { Lookout } from './lookout.ts';

interface AccountantDeps {
  db: Database;
  leadership: Leadership;
  commits: Pick<CommitFollower, 'follow'>;
  lookout: Lookout;
  logger: Logger;
}

const EVERY_MS = 2_000;
const BATCH = 10_000;

/** Sums up what changed in the numbers for pages, so that reading them stays short. */
export function accountant({ db, leadership, commits, lookout, logger }: AccountantDeps): Periodic {
  const summing = periodic({
    name: 'accountant',
    everyMs: EVERY_MS,
    logger,
    run: async () => {
      if (!(await lookout.look()).deltas) return;
      if (await commits.follow(asLeader(db, leadership, (tx) => sumUpDeltas(tx, BATCH)))) summing.wake();
    },
  });
  return summing;
}
