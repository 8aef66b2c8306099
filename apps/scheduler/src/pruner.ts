import type { ExecutionPermissions } from '@gantry/dispatch/execution-permissions';
import type { Database } from '@gantry/record/connection/database';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import { findEnded } from '@gantry/record/retention/find-ended';
import { pruneBulkOperations } from '@gantry/record/retention/prune-bulk-operations';
import { pruneEvents } from '@gantry/record/retention/prune-events';
import { pruneExecutions } from '@gantry/record/retention/prune-executions';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';

interface PrunerDeps {
  db: Database;
  leadership: Leadership;
  permissions: Pick<ExecutionPermissions, 'lasting' | 'forget'>;
  /** 0 keeps for ever. */
  retentionDays: number;
  eventRetentionDays: number;
  logger: Logger;
}

const EVERY_MS = 1_000;
/** Tens of millions a day, and each transaction over in a fraction of a second. */
const EXECUTIONS = 500;
const EVENTS = 2_000;
const OPERATIONS = 100;
const DAY_MS = 86_400_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Removes what has been kept long enough, a batch at a time, and permissions that nobody took back. */
export function pruner({
  db,
  leadership,
  permissions,
  retentionDays,
  eventRetentionDays,
  logger,
}: PrunerDeps): Periodic {
  let afterId = FIRST_ID;
  let cursor = '0';

  const pruneRecord = async (now: number) => {
    if (retentionDays > 0) {
      const before = new Date(now - retentionDays * DAY_MS);
      const reached = await asLeader(db, leadership, (tx) =>
        pruneExecutions(tx, { before, batch: EXECUTIONS, afterId }),
      );
      afterId = reached ?? FIRST_ID;
      await asLeader(db, leadership, (tx) => pruneBulkOperations(tx, { before, batch: OPERATIONS }));
    }
    if (eventRetentionDays > 0) {
      const before = new Date(now - eventRetentionDays * DAY_MS);
      await asLeader(db, leadership, (tx) => pruneEvents(tx, { before, batch: EVENTS }));
    }
  };
  /** Whoever finished it died before the permission was forgotten. Finished is for good: one look is enough. */
  const forgetPermissions = async () => {
    const lasting = await permissions.lasting(cursor);
    cursor = lasting.cursor;
    const ended = await findEnded(
      db,
      lasting.executionIds.filter((id) => UUID.test(id)),
    );
    if (ended.length === 0) return;
    await permissions.forget(ended);
    logger.info({ permissions: ended.length }, 'forgot permissions of executions that are over');
  };

  return periodic({
    name: 'pruner',
    everyMs: EVERY_MS,
    logger,
    run: async () => {
      await pruneRecord(Date.now());
      await forgetPermissions();
    },
  });
}
