import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { connectSweeper, connectWorker } from '@gantry/dispatch/connect';
import { Journals } from '@gantry/dispatch/journals';
import { QueueWatchdog } from '@gantry/dispatch/queue-watchdog';
import { RuntimeLoads } from '@gantry/dispatch/runtime-load';
import { RuntimeRegistry } from '@gantry/dispatch/runtime-registry';
import { shardsWithin } from '@gantry/dispatch/shard-count';
import { openShards } from '@gantry/dispatch/shards';
import { createOutboundHttp } from '@gantry/outbound/outbound-http';
import { openDatabase } from '@gantry/record/connection/database';
import { checkWritable } from '@gantry/record/connection/ping';
import { whenReachable } from '@gantry/record/connection/when-reachable';
import { migrate } from '@gantry/record/schema/migrate';
import { HealthProblem } from '@gantry/service/health';
import { createHealthServer } from '@gantry/service/health-server';
import type { Logger } from '@gantry/service/logger';
import { Metrics } from '@gantry/service/metrics';
import type { Service } from '@gantry/service/service';
import type { z } from 'zod';
import { ClockWatch } from './clock-watch.ts';
import { sender } from './deliveries/sender.ts';
import { leaderDuties } from './duties.ts';
import type { schedulerEnvironment } from './env.ts';
import { leaderElection } from './leader-election.ts';
import { tellSchedulerMetrics } from './metrics.ts';

/** A scheduler starts without Redis too, only with more warnings. */
const START_PATIENCE_MS = 2_000;

export type SchedulerSettings = z.infer<typeof schedulerEnvironment>;

/** All of a scheduler, wired: its services in the order in which they start. */
export function createScheduler(settings: SchedulerSettings, logger: Logger): Service[] {
  const onRedisError = (error: Error) => logger.warn({ err: error }, 'Redis');
  const onPostgresError = (error: unknown) => logger.warn({ err: error }, 'Postgres');
  const db = openDatabase({
    url: settings.DATABASE_URL,
    poolSize: settings.DATABASE_POOL_SIZE,
    name: 'gantry-scheduler',
    onIdleError: onPostgresError,
  });
  const shards = openShards(settings, connectSweeper, onRedisError);
  const journalShards = openShards(settings, connectSweeper, onRedisError);
  const plannerShards = openShards(settings, connectWorker, onRedisError);
  const metrics = new Metrics('scheduler');

  const outbound = createOutboundHttp(settings.OUTBOUND_ALLOW);
  const mailServer = settings.SMTP_URL === undefined ? undefined : { url: settings.SMTP_URL, from: settings.MAIL_FROM };

  const watchdog = new QueueWatchdog(settings.WATCHDOG_SECONDS * 1_000);
  const clocks = new ClockWatch(logger);

  const election = leaderElection({
    db,
    holder: `${hostname()}.${process.pid}.${randomUUID()}`,
    logger,
    duties: (leadership) =>
      leaderDuties(
        {
          db,
          shards,
          journalShards,
          plannerShards,
          logger,
          admissionLimit: settings.ADMISSION_LIMIT,
          queueWaitLimitMs: settings.QUEUE_WAIT_LIMIT * 1_000,
          patienceMs: settings.PASSED_OVER_SECONDS * 1_000 || undefined,
          plannerConcurrency: settings.PLANNER_CONCURRENCY,
          recorderBatch: settings.RECORDER_BATCH,
          priorityDefaults: settings.PRIORITY_DEFAULTS,
          ...leaderEvents,
          send: sender(outbound, mailServer),
          watchdog,
          clocks,
          retentionDays: settings.RETENTION_DAYS,
          eventRetentionDays: settings.EVENT_RETENTION_DAYS,
          auditRetentionDays: settings.AUDIT_RETENTION_DAYS,
        },
        leadership,
      ),
  });
  const leaderEvents = tellSchedulerMetrics(metrics, {
    leads: election.leads,
    db,
    shards,
    journals: new Journals(shards),
    runtimes: new RuntimeRegistry(shards),
    loads: new RuntimeLoads(shards),
  });

  const connections: Service = {
    name: 'connections',
    start: async () => {
      const [ran] = await Promise.all([
        whenReachable(() => migrate(db), onPostgresError),
        shardsWithin(shards, START_PATIENCE_MS),
      ]);
      if (ran.length > 0) logger.info({ migrations: ran }, 'migrated');
    },
    stop: async () => {
      await Promise.all([shards, journalShards, plannerShards].map((some) => some.close()));
      await Promise.all([db.destroy(), outbound.close()]);
    },
  };
  const health = createHealthServer({
    host: settings.HEALTH_HOST,
    port: settings.HEALTH_PORT,
    metrics,
    logger,
    checks: {
      postgres: () => checkWritable(db),
      redis: () => shards.ping(),
      queue: async () => {
        const complaint = watchdog.complaint();
        if (complaint) throw new HealthProblem(complaint);
      },
      clocks: async () => {
        const complaint = election.leads() ? clocks.complaint() : undefined;
        if (complaint) throw new HealthProblem(complaint);
      },
    },
  });
  return [connections, health, election];
}
