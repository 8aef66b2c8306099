import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { ExecutionPermissions } from '@gantry/dispatch/execution-permissions';
import type { Database } from '@gantry/record/connection/database';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import { estimateCounts } from '@gantry/record/retention/estimate-counts';
import { findEnded } from '@gantry/record/retention/find-ended';
import { idFloor } from '@gantry/record/retention/id-floor';
import { pruneAuditEntries } from '@gantry/record/retention/prune-audit-entries';
import { pruneBulkOperations } from '@gantry/record/retention/prune-bulk-operations';
import { pruneDeliveries } from '@gantry/record/retention/prune-deliveries';
import { pruneEvents } from '@gantry/record/retention/prune-events';
import { pruneExecutions } from '@gantry/record/retention/prune-executions';
import { pruneIdempotencyKeys } from '@gantry/record/retention/prune-idempotency-keys';
import { pruneStepDurations } from '@gantry/record/retention/prune-step-durations';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';
import type { ClockWatch } from './clock-watch.ts';
import type { Lookout } from './lookout.ts';

interface PrunerDeps {
  db: Database;
  leadership: Leadership;
  commits: Pick<CommitFollower, 'follow'>;
  lookout: Lookout;
  permissions: Pick<ExecutionPermissions, 'lasting' | 'forget'>;
  /** 0 keeps for ever. */
  retentionDays: number;
  eventRetentionDays: number;
  auditRetentionDays: number;
  clocks: Pick<ClockWatch, 'complaint'>;
  logger: Logger;
}

const EVERY_MS = 1_000;
/** So many rounds go by between two in which also what is rare is looked for. */
const SELDOM = 30;
/** Tens of millions a day, and each transaction over in a fraction of a second. */
const EXECUTIONS = 500;
const EVENTS = 2_000;
const OPERATIONS = 300;
const ENTRIES = 6_000;
/** The log of what webhooks were told is for finding out what went wrong lately. */
const DELIVERY_RETENTION_DAYS = 7;
const IDEMPOTENCY_KEYS = 1_000_000;
const DAY_MS = 86_400_000;
/** In each round, so that hours pass before much is gone that somebody meant to keep. */
const SHARE = 1 / 10_000;
const LEAST = 10;
/** Of a thousand keys of Redis: a system that is not large is gone through at once. */
const PERMISSION_PAGES = 20;
const FIRST_CURSOR = '0';
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Removes what has been kept long enough, a small share at a time and only while the clocks are not in doubt, and
 * permissions that nobody took back.
 */
export function pruner({
  db,
  leadership,
  commits,
  lookout,
  permissions,
  retentionDays,
  eventRetentionDays,
  auditRetentionDays,
  clocks,
  logger,
}: PrunerDeps): Periodic {
  let afterId = FIRST_ID;
  let cursor = FIRST_CURSOR;

  const pruneRecord = async () => {
    const { now, oldestExecution, oldestEvent } = await lookout.look();
    const old = {
      executions: isOlder(oldestExecution, now, retentionDays),
      events: isOlder(oldestEvent, now, eventRetentionDays),
    };
    if (!old.executions && !old.events) return;
    const counts = await estimateCounts(db);
    if (old.executions) {
      const batch = shareOf(counts.executions, EXECUTIONS);
      const { reached } = await commits.follow(
        asLeader(db, leadership, (tx, now) =>
          pruneExecutions(tx, { before: daysBefore(now, retentionDays), batch, afterId }),
        ),
      );
      afterId = reached ?? FIRST_ID;
    }
    if (old.events) {
      const batch = shareOf(counts.events, EVENTS);
      await commits.follow(
        asLeader(db, leadership, (tx, now) => pruneEvents(tx, { before: daysBefore(now, eventRetentionDays), batch })),
      );
    }
  };
  const pruneOperations = async () => {
    if (retentionDays === 0) return;
    await asLeader(db, leadership, async (tx, now) => {
      const before = daysBefore(now, retentionDays);
      await pruneBulkOperations(tx, { before, batch: OPERATIONS });
      await pruneStepDurations(tx, { before, batch: ENTRIES });
    });
  };
  /** They are good for a day, and a million of them are kept at most. */
  const pruneKeys = async () => {
    const { idempotency_keys: count } = await estimateCounts(db);
    const days = count > IDEMPOTENCY_KEYS ? 0 : 1;
    await asLeader(db, leadership, (tx, now) =>
      pruneIdempotencyKeys(tx, { before: daysBefore(now, days), batch: ENTRIES }),
    );
  };
  const pruneLogs = () =>
    commits.follow(
      asLeader(db, leadership, async (tx, now) => {
        await pruneDeliveries(tx, { before: daysBefore(now, DELIVERY_RETENTION_DAYS), batch: ENTRIES });
        if (auditRetentionDays === 0) return;
        await pruneAuditEntries(tx, { before: daysBefore(now, auditRetentionDays), batch: ENTRIES });
      }),
    );
  /** Whoever finished it died before the permission was forgotten. Finished is for good: one look is enough. */
  const forgetPermissions = async () => {
    for (let page = 0; page < PERMISSION_PAGES; page += 1) {
      const lasting = await permissions.lasting(cursor);
      cursor = lasting.cursor;
      const ended = await findEnded(
        db,
        lasting.executionIds.filter((id) => UUID.test(id)),
      );
      if (ended.length > 0) {
        await permissions.forget(ended);
        logger.info({ permissions: ended.length }, 'forgot permissions of executions that are over');
      }
      if (cursor === FIRST_CURSOR) return;
    }
  };

  let round = 0;
  return periodic({
    name: 'pruner',
    everyMs: EVERY_MS,
    logger,
    run: async () => {
      if (!clocks.complaint()) await pruneRecord();
      // Of the others there are few.
      round += 1;
      if (round % SELDOM !== 1) return;
      if (!clocks.complaint()) {
        await pruneOperations();
        await pruneLogs();
        await pruneKeys();
      }
      await forgetPermissions();
    },
  });
}

/** @param id of what came first; ids grow with time. @param days 0 keeps for ever */
function isOlder(id: string | null, now: Date, days: number): boolean {
  return id !== null && days > 0 && id < idFloor(daysBefore(now, days));
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}

/** How many of so many go in a round. */
function shareOf(count: number, most: number): number {
  return Math.min(most, Math.max(LEAST, Math.ceil(count * SHARE)));
}
