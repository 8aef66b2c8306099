import { setTimeout as delay } from 'node:timers/promises';
import { Brake } from '@gantry/dispatch/brake';
import { ChangePublisher } from '@gantry/dispatch/change-publisher';
import { ChangeStream } from '@gantry/dispatch/change-stream';
import { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { SweeperRedis, WorkerRedis } from '@gantry/dispatch/connect';
import { ExecutionPermissions } from '@gantry/dispatch/execution-permissions';
import { ExecutionQueue } from '@gantry/dispatch/execution-queue';
import { JobPresence } from '@gantry/dispatch/job-presence';
import { Journal } from '@gantry/dispatch/journal';
import { Journals } from '@gantry/dispatch/journals';
import { PassedOver } from '@gantry/dispatch/passed-over';
import { PausedWork } from '@gantry/dispatch/paused-work';
import type { QueueWatchdog } from '@gantry/dispatch/queue-watchdog';
import { RuntimeLoads } from '@gantry/dispatch/runtime-load';
import { RuntimeRegistry } from '@gantry/dispatch/runtime-registry';
import { SeenHistory } from '@gantry/dispatch/seen-history';
import type { Shards } from '@gantry/dispatch/shards';
import { WorkerRegistry } from '@gantry/dispatch/worker-registry';
import { NEWEST_SHAPE } from '@gantry/domain/shape';
import type { Database } from '@gantry/record/connection/database';
import { expireExecutions } from '@gantry/record/deadlines/expire-executions';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import type { Logger } from '@gantry/service/logger';
import { periodic } from '@gantry/service/periodic';
import type { Service } from '@gantry/service/service';
import { accountant } from './accountant.ts';
import { admitter } from './admitter.ts';
import { alertWatch } from './alerts/alert-watch.ts';
import { bulkRunner } from './bulk-runner.ts';
import { clock } from './clock.ts';
import type { ClockWatch } from './clock-watch.ts';
import { deliverer, type Send } from './deliveries/deliverer.ts';
import { sharedLookout } from './lookout.ts';
import type { LeaderEvents } from './metrics.ts';
import { moduleRegistrar } from './module-registrar.ts';
import { pauseTeller } from './pause-teller.ts';
import { Planner } from './planner/planner.ts';
import { pruner } from './pruner.ts';
import { Reconciler } from './reconciler/reconciler.ts';
import { Recorder } from './recorder/recorder.ts';

export interface DutiesDeps extends LeaderEvents {
  db: Database;
  shards: Shards<SweeperRedis>;
  /** On connections of its own: reading journals blocks them. */
  journalShards: Shards<SweeperRedis>;
  /** Over which executions are taken from their queues: waits for Redis as long as it takes. */
  plannerShards: Shards<WorkerRedis>;
  logger: Logger;
  admissionLimit: number;
  queueWaitLimitMs: number;
  /** How long something may wait behind more urgent work; without it, as long as there is such. */
  patienceMs?: number | undefined;
  plannerConcurrency: number;
  recorderBatch: number;
  priorityDefaults: Readonly<Record<string, number>>;
  /** How webhooks and mailboxes are told. */
  send: Send;
  watchdog: QueueWatchdog;
  clocks: ClockWatch;
  /** 0 keeps for ever. */
  retentionDays: number;
  eventRetentionDays: number;
  auditRetentionDays: number;
}

const EXPIRE_EVERY_MS = 1_000;
const EXPIRE_BATCH = 500;
/** A century. */
const NEVER_MS = 3_155_760_000_000;
/** So much later at most one is RUNNING in the record that waits for a worker. */
const HOLD_PLANS_MS = 2_000;
const GIVE_TURNS_EVERY_MS = 1_000;
const RECONCILE_EVERY_MS = 1_000;
const SECOND_LOOK_MS = 500;
const FOLD_PATIENCE_MS = 10_000;
const FOLD_LOOK_MS = 25;

/** Everything the leading scheduler does, wired for one term. */
export function leaderDuties(deps: DutiesDeps, leadership: Leadership): Service[] {
  const { db, shards, journalShards, plannerShards, logger, patienceMs } = deps;
  const { redis, keys } = shards.first;
  const lookout = sharedLookout(db);
  const executions = new ExecutionQueue(shards);
  const permissions = new ExecutionPermissions(shards);
  const brake = new Brake(shards);
  const journals = new Journals(shards);
  const publisher = new ChangePublisher(new ChangeStream(redis, keys), (error) =>
    logger.warn({ err: error }, 'Redis did not take changes: those who watch will be told'),
  );
  const commits = new CommitFollower({
    executions,
    brake,
    permissions,
    publisher,
    onLate: (error, late, count) =>
      logger.warn({ err: error, late, count }, 'Redis did not take what follows a commit: it is made up for'),
  });

  const admitting = admitter({
    db,
    leadership,
    commits,
    lookout,
    logger,
    runtimes: new RuntimeRegistry(shards),
    limit: deps.admissionLimit,
    patienceMs,
  });
  const passedOver = new PassedOver(shards);
  const turning = periodic({
    name: 'turns',
    everyMs: GIVE_TURNS_EVERY_MS,
    logger,
    run: async () => {
      if (patienceMs !== undefined) await passedOver.giveTurns(patienceMs);
    },
  });
  const deadlines = periodic({
    name: 'deadlines',
    everyMs: EXPIRE_EVERY_MS,
    logger,
    run: async () => {
      const { now, timedOut, oldest } = await lookout.look();
      deps.clocks.look(now);
      const queueWaitLimitMs = deps.clocks.complaint() ? NEVER_MS : deps.queueWaitLimitMs;
      const waitedTooLong = oldest !== null && now.getTime() - oldest.getTime() > queueWaitLimitMs;
      if (!timedOut && !waitedTooLong) return;
      const expiring = asLeader(db, leadership, (tx, at) =>
        expireExecutions(tx, { now: at, queueWaitLimitMs, batch: EXPIRE_BATCH }),
      );
      await commits.follow(expiring);
    },
  });
  const recorders = journalShards.all.map(
    (shard) =>
      new Recorder({
        db,
        leadership,
        commits,
        journal: new Journal(shard.redis, shard.keys),
        logger,
        batchSize: deps.recorderBatch,
        newestShape: NEWEST_SHAPE,
        takesUp: shard === journalShards.first,
        priorityDefaults: deps.priorityDefaults,
        holdPlansMs: HOLD_PLANS_MS,
        onFolded: deps.onFolded,
        onParked: deps.onParked,
      }),
  );
  const planners = plannerShards.all.map(
    (shard) =>
      new Planner({
        db,
        shards,
        shard,
        permissions,
        logger,
        term: leadership.term,
        concurrency: deps.plannerConcurrency,
      }),
  );
  const pauses = pauseTeller({
    lookout,
    work: new PausedWork(redis, keys),
    onHeld: (held) => {
      for (const planner of planners) planner.hold(held);
    },
    logger,
  });
  const stopping = new AbortController();
  const reconciler = new Reconciler({
    db,
    leadership,
    commits,
    permissions,
    executions,
    brake,
    logger,
    shards,
    lookout,
    jobs: new JobPresence(shards),
    journals,
    seen: new SeenHistory(shards),
    onForgotten: async () => publisher.takeOver(),
    secondLookMs: SECOND_LOOK_MS,
    foldedUpTo: async (ids) => {
      const until = performance.now() + FOLD_PATIENCE_MS;
      while (await journals.holdUpTo(ids)) {
        if (stopping.signal.aborted || performance.now() > until) return false;
        await delay(FOLD_LOOK_MS);
      }
      return true;
    },
  });
  const sweeping = periodic({
    name: 'reconciler',
    everyMs: RECONCILE_EVERY_MS,
    logger,
    run: async () => {
      deps.onRepaired(await reconciler.runOnce());
    },
  });
  const reconciling: Service = {
    ...sweeping,
    stop: () => {
      stopping.abort(); // whoever folds may have stopped already
      return sweeping.stop();
    },
  };
  const ticking = clock({ db, leadership, commits, lookout, priorityDefaults: deps.priorityDefaults, logger });
  const changes: Service = {
    name: 'changes',
    start: async () => publisher.takeOver(),
    stop: async () => {},
  };
  const bulk = bulkRunner({ db, leadership, commits, lookout, logger });
  const accounting = accountant({ db, leadership, commits, lookout, logger });
  const alerting = alertWatch({ db, leadership, commits, runtimes: new RuntimeLoads(shards), logger });
  const delivering = deliverer({ db, leadership, commits, lookout, send: deps.send, logger });
  const registering = moduleRegistrar({
    db,
    leadership,
    commits,
    logger,
    workers: new WorkerRegistry(redis, keys),
  });
  const { retentionDays, eventRetentionDays, auditRetentionDays } = deps;
  const pruning = pruner({
    db,
    leadership,
    commits,
    lookout,
    permissions,
    retentionDays,
    eventRetentionDays,
    auditRetentionDays,
    logger,
    clocks: deps.clocks,
  });
  const looking = periodic({
    name: 'watchdog',
    everyMs: deps.watchdog.lookEvery,
    logger,
    run: () =>
      deps.watchdog.look(
        shards,
        planners.map(({ pickup }) => pickup),
      ),
  });
  const guard: Service = {
    ...looking,
    stop: async () => {
      await looking.stop();
      deps.watchdog.forget();
    },
  };
  return [
    changes,
    ...recorders,
    pauses,
    ...planners,
    admitting,
    turning,
    deadlines,
    reconciling,
    ticking,
    bulk,
    accounting,
    alerting,
    delivering,
    registering,
    pruning,
    guard,
  ];
}
