import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import { advanceBulkOperation, findOpenOperations, giveUpItem } from '@gantry/record/bulk/advance-bulk-operation';
import type { Database } from '@gantry/record/connection/database';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';
import type { Lookout } from './lookout.ts';
import { isPoison } from './poison.ts';

interface BulkRunnerDeps {
  db: Database;
  leadership: Leadership;
  commits: Pick<CommitFollower, 'follow'>;
  lookout: Lookout;
  logger: Logger;
}

const LOOK_EVERY_MS = 1_000;
const BATCH = 100;

/** Operations that take turns; the others come when these are finished. */
const AT_ONCE = 20;

/** Goes through the items of bulk operations, a batch of each in turn, until none is left. */
export function bulkRunner({ db, leadership, commits, lookout, logger }: BulkRunnerDeps): Periodic {
  const advance = (operationId: string, batch: number) =>
    commits.follow(asLeader(db, leadership, (tx, now) => advanceBulkOperation(tx, { operationId, batch, now })));

  const nextBatch = async (operationId: string): Promise<boolean> => {
    try {
      return await advance(operationId, BATCH);
    } catch (error) {
      if (!isPoison(error)) throw error;
      return oneItem(operationId);
    }
  };
  /** Of a batch that the record refuses some item is to blame. */
  const oneItem = async (operationId: string): Promise<boolean> => {
    try {
      return await advance(operationId, 1);
    } catch (error) {
      if (!isPoison(error)) throw error;
      logger.error({ err: error, operationId }, 'an item of a bulk operation is given up');
      await commits.follow(
        asLeader(db, leadership, (tx, now) => giveUpItem(tx, { operationId, reason: String(error), now })),
      );
      return true;
    }
  };

  const runner = periodic({
    name: 'bulk-runner',
    everyMs: LOOK_EVERY_MS,
    logger,
    run: async () => {
      if (!(await lookout.look()).bulk) return;
      for (const operationId of await findOpenOperations(db, AT_ONCE)) {
        try {
          if (await nextBatch(operationId)) runner.wake();
        } catch (error) {
          logger.error({ err: error, operationId }, 'a bulk operation did not go on; it is tried again');
        }
      }
    },
  });
  return runner;
}
