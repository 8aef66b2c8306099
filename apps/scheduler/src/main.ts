import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { connectDrainer, connectSweeper, connectWorker, readyWithin } from '@gantry/dispatch/connect';
import { Journal } from '@gantry/dispatch/journal';
import { keysOf } from '@gantry/dispatch/keys';
import { QueueWatchdog } from '@gantry/dispatch/queue-watchdog';
import { Queues } from '@gantry/dispatch/queues';
import { RuntimeLoads } from '@gantry/dispatch/runtime-load';
import { RuntimeRegistry } from '@gantry/dispatch/runtime-registry';
import { createOutboundHttp } from '@gantry/outbound/outbound-http';
import { openDatabase } from '@gantry/record/connection/database';
import { whenReachable } from '@gantry/record/connection/when-reachable';
import { migrate } from '@gantry/record/schema/migrate';
import { readEnvironmentOrExit } from '@gantry/service/environment';
import { HealthProblem } from '@gantry/service/health';
import { createHealthServer } from '@gantry/service/health-server';
import { runServices } from '@gantry/service/lifecycle';
import { createLogger } from '@gantry/service/logger';
import { Metrics } from '@gantry/service/metrics';
import type { Service } from '@gantry/service/service';
import { stopWithParent } from '@gantry/service/stop-with-parent';
import { sql } from 'kysely';
import { ClockWatch } from './clock-watch.ts';
import { sender } from './deliveries/sender.ts';
import { leaderDuties } from './duties.ts';
import { schedulerEnvironment } from './env.ts';
import { leaderElection } from './leader-election.ts';
import { tellSchedulerMetrics } from './metrics.ts';

/** A scheduler starts without Redis too, only with more warnings. */
const START_PATIENCE_MS = 2_000;

stopWithParent();
const env = readEnvironmentOrExit(schedulerEnvironment, process.env);
const logger = createLogger({ name: 'scheduler', level: env.LOG_LEVEL });
const onRedisError = (error: Error) => logger.warn({ err: error }, 'Redis');

const onPostgresError = (error: unknown) => logger.warn({ err: error }, 'Postgres');
const db = openDatabase({
  url: env.DATABASE_URL,
  poolSize: env.DATABASE_POOL_SIZE,
  name: 'gantry-scheduler',
  onIdleError: onPostgresError,
});
const redis = connectSweeper(env.REDIS_URL, onRedisError);
const journalRedis = connectSweeper(env.REDIS_URL, onRedisError);
const plannerRedis = connectWorker(env.REDIS_URL, onRedisError);
const slicesRedis = connectDrainer(env.REDIS_URL, onRedisError);
const keys = keysOf(env.REDIS_PREFIX);
const queues = new Queues(redis, keys.prefix);
const metrics = new Metrics('scheduler');

const outbound = createOutboundHttp(env.OUTBOUND_ALLOW);
const mailServer = env.SMTP_URL === undefined ? undefined : { url: env.SMTP_URL, from: env.MAIL_FROM };

const watchdog = new QueueWatchdog(env.WATCHDOG_SECONDS * 1_000);
const clocks = new ClockWatch(logger);

const election = leaderElection({
  db,
  holder: `${hostname()}.${process.pid}.${randomUUID()}`,
  logger,
  duties: (leadership) =>
    leaderDuties(
      {
        ...{ db, redis, journalRedis, plannerRedis, slicesRedis, keys, logger },
        admissionLimit: env.ADMISSION_LIMIT,
        queueWaitLimitMs: env.QUEUE_WAIT_LIMIT * 1_000,
        plannerConcurrency: env.PLANNER_CONCURRENCY,
        recorderBatch: env.RECORDER_BATCH,
        priorityDefaults: env.PRIORITY_DEFAULTS,
        ...leaderEvents,
        send: sender(outbound, mailServer),
        watchdog,
        clocks,
        retentionDays: env.RETENTION_DAYS,
        eventRetentionDays: env.EVENT_RETENTION_DAYS,
        auditRetentionDays: env.AUDIT_RETENTION_DAYS,
      },
      leadership,
    ),
});
const leaderEvents = tellSchedulerMetrics(metrics, {
  leads: election.leads,
  db,
  redis,
  journal: new Journal(redis, keys),
  queues,
  runtimes: new RuntimeRegistry(redis, keys),
  loads: new RuntimeLoads(redis, queues),
});

const connections: Service = {
  name: 'connections',
  start: async () => {
    const [ran] = await Promise.all([
      whenReachable(() => migrate(db), onPostgresError),
      readyWithin(redis, START_PATIENCE_MS),
    ]);
    if (ran.length > 0) logger.info({ migrations: ran }, 'migrated');
  },
  stop: async () => {
    await queues.close();
    for (const connection of [redis, journalRedis, plannerRedis, slicesRedis]) connection.disconnect();
    await Promise.all([db.destroy(), outbound.close()]);
  },
};
const health = createHealthServer({
  host: env.HEALTH_HOST,
  port: env.HEALTH_PORT,
  metrics,
  logger,
  checks: {
    postgres: () => sql`select 1`.execute(db),
    redis: () => redis.ping(),
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

await runServices({ services: [connections, health, election], logger });
