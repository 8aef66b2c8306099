import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { BundleCache } from '@gantry/bundles/bundle-cache';
import { openContents } from '@gantry/contents/open-contents';
import { DEFAULT_RUNTIME } from '@gantry/contracts/module-definition';
import { listenForClosed } from '@gantry/dispatch/closed-listener';
import { connectSubscriber, connectSweeper, connectWorker } from '@gantry/dispatch/connect';
import { Journals } from '@gantry/dispatch/journals';
import { PausedWork } from '@gantry/dispatch/paused-work';
import { QueueWatchdog } from '@gantry/dispatch/queue-watchdog';
import { RuntimeRegistry } from '@gantry/dispatch/runtime-registry';
import { ShardCountError, shardsWithin } from '@gantry/dispatch/shard-count';
import { openShards } from '@gantry/dispatch/shards';
import { SliceLeases } from '@gantry/dispatch/slice-lease';
import { SliceQueue } from '@gantry/dispatch/slice-queue';
import { WorkerRegistry } from '@gantry/dispatch/worker-registry';
import { createOutboundHttp } from '@gantry/outbound/outbound-http';
import { HttpRunner } from '@gantry/runners/http-runner';
import { NodeRunner, READY_AT_FIRST } from '@gantry/runners/node-runner';
import { ProcessRunner } from '@gantry/runners/process-runner';
import { PublishedRunner } from '@gantry/runners/published-runner';
import { ScriptRunner } from '@gantry/runners/script-runner';
import { environmentSecrets, fileSecrets, firstOf } from '@gantry/runners/secret-source';
import { StepEngine } from '@gantry/runners/step-engine';
import { contentCredentials, contentPlace } from '@gantry/service/content-settings';
import { HealthProblem } from '@gantry/service/health';
import { createHealthServer } from '@gantry/service/health-server';
import type { Logger } from '@gantry/service/logger';
import { Metrics } from '@gantry/service/metrics';
import { type Periodic, periodic } from '@gantry/service/periodic';
import type { Service } from '@gantry/service/service';
import type { z } from 'zod';
import type { workerEnvironment } from './env.ts';
import { HeldSlices } from './held-slices.ts';
import { attemptMeter, tellWorkerMetrics } from './metrics.ts';
import { modulesElsewhere } from './modules-elsewhere.ts';
import { runSlice } from './run-slice.ts';
import { RuntimeWorkers } from './runtime-workers.ts';
import { attemptSteps } from './step-attempt.ts';
import { StepCalls } from './step-calls.ts';
import { storedSecrets } from './stored-secrets.ts';
import { traceAttempts } from './trace-attempts.ts';
import { workerReporter } from './worker-reporter.ts';

const START_PATIENCE_MS = 2_000;
/** That it serves a module runtime is said at once, and again after so long. */
const ANNOUNCE_EVERY_MS = 4_500;
/** How often it looks at what it is to do and what it is to stop, while it runs slices and while it does not. */
const WATCH_MS = { busy: 500, atRest: 1_000 };

/** All of a worker, wired: its services in the order in which they start. */
export async function createWorker(
  env: z.infer<typeof workerEnvironment>,
  processEnvironment: Readonly<Record<string, string | undefined>>,
  baseLogger: Logger,
  /** Somebody asks it to end. May be called again. */
  onDrain: () => void,
): Promise<Service[]> {
  const workerId = `${hostname()}.${process.pid}.${randomUUID().slice(0, 8)}`;
  const logger = baseLogger.child({ workerId });
  const onRedisError = (error: Error) => logger.warn({ err: error }, 'Redis');

  const shards = openShards(env, connectWorker, onRedisError);
  const watched = openShards(env, connectSweeper, onRedisError);
  const subscribed = openShards(env, connectSubscriber, onRedisError);
  const leases = new SliceLeases(shards);
  const watchedLeases = new SliceLeases(watched);
  const slices = new SliceQueue(shards);
  const held = new HeldSlices();
  const metrics = new Metrics('worker');
  const contents = openContents(contentPlace(env), contentCredentials(env));
  const apiUrl = env.API_URL ?? env.CALL_BACK_URL;
  let reporting: Periodic | undefined;
  const node = new NodeRunner({
    modulesDirs: env.MODULES_DIR,
    ...(env.MODULES_CONFINED && { confinedTo: [env.BUNDLES_DIR] }),
    contents,
    maxIdle: env.WORKER_CONCURRENCY,
    readyFor: env.WORKER_WARM_START ? READY_AT_FIRST : [],
    maxMemoryMb: env.WORKER_STEP_MEMORY,
    outboundAllow: env.OUTBOUND_ALLOW,
    onModulesChange: () => reporting?.wake(),
    logger,
  });
  const bundles = new BundleCache({
    folder: env.BUNDLES_DIR,
    contents,
    maxBytes: env.BUNDLES_MEGABYTES * 1_000_000,
  });
  const engine = new StepEngine({
    runners: {
      node: new PublishedRunner(node, bundles),
      http: new HttpRunner({ outbound: createOutboundHttp(env.OUTBOUND_ALLOW) }),
      script: new ScriptRunner({ contents, maxIdle: env.WORKER_CONCURRENCY }),
      process: new PublishedRunner(
        new ProcessRunner({
          contents,
          maxIdle: env.WORKER_CONCURRENCY,
          env: { PATH: env.PATH },
          limits: { maxMemoryMb: env.WORKER_STEP_MEMORY },
        }),
        bundles,
      ),
    },
    slots: env.WORKER_CONCURRENCY,
    secrets: firstOf([
      environmentSecrets(processEnvironment),
      fileSecrets(env.SECRETS_DIR, settingFiles(processEnvironment)),
      ...(apiUrl && env.GANTRY_WORKER_TOKEN ? [storedSecrets({ apiUrl, workerToken: env.GANTRY_WORKER_TOKEN })] : []),
    ]),
    logger,
  });
  await engine.start();

  const calls = new StepCalls({ leases, callBackUrl: env.CALL_BACK_URL });
  const attempt = traceAttempts(attemptSteps({ engine, calls, contents, logger, meter: attemptMeter(metrics) }));
  const registry = new WorkerRegistry(watched.first.redis, watched.first.keys);
  const hasElsewhere = modulesElsewhere({ registry, workerId, modules: () => node.modules });
  const workers = new RuntimeWorkers({
    shards,
    held,
    logger,
    run: (job, slice) => runSlice({ leases, slices, attempt, hasElsewhere, workerId, logger }, job, slice),
    concurrency: env.WORKER_CONCURRENCY,
    stopGraceMs: env.WORKER_STOP_GRACE * 1_000,
    onLeasesLost: (name, lost) => metrics.count('gantry_leases_lost_total', { runtime: name }, lost),
  });
  tellWorkerMetrics(metrics, { redis: watched, workers });

  const everyRuntime = env.WORKER_RUNTIMES.includes('*');
  const runtimes = new RuntimeRegistry(watched);
  const journals = new Journals(watched);
  const pausedWork = new PausedWork(watched.first.redis, watched.first.keys);
  let announced = { runtimes: '', at: Number.NEGATIVE_INFINITY };
  const announce = async (served: readonly string[]) => {
    const now = performance.now();
    if (served.join() === announced.runtimes && now - announced.at < ANNOUNCE_EVERY_MS) return;
    await runtimes.announce(served);
    announced = { runtimes: served.join(), at: now };
  };
  const watch = periodic({
    name: 'watch',
    everyMs: () => (held.size > 0 ? WATCH_MS.busy : WATCH_MS.atRest),
    logger,
    run: async () => {
      // Also while another shard is away, which ends what follows.
      await announce(workers.served);
      await held.checkFlags(watchedLeases);
      const [entries, { everything, runtimes: paused, drain, shards: noted }, planned] = await Promise.all([
        journals.length(),
        pausedWork.read(workerId),
        everyRuntime ? runtimes.list() : [],
      ]);
      if (drain) onDrain();
      const otherShards = noted !== undefined && noted !== watched.count;
      const reasons = [
        otherShards && new ShardCountError(watched.count, noted).message,
        entries > env.JOURNAL_LIMIT && 'the journal is too long',
        everything && 'everything is paused',
      ];
      workers.pause(reasons.find((reason) => reason !== false) ?? null, paused);
      workers.serve(everyRuntime ? [DEFAULT_RUNTIME, ...planned] : env.WORKER_RUNTIMES);
      await announce(workers.served);
    },
  });

  reporting = workerReporter({
    registry,
    workerId,
    served: () => (everyRuntime ? ['*', ...workers.served] : workers.served),
    modules: () => node.modules,
    defaultRuntime: everyRuntime ? DEFAULT_RUNTIME : (env.WORKER_RUNTIMES[0] ?? DEFAULT_RUNTIME),
    logger,
  });

  const watchdog = new QueueWatchdog(env.WATCHDOG_SECONDS * 1_000);
  const guard = periodic({
    name: 'watchdog',
    everyMs: watchdog.lookEvery,
    logger,
    run: () => watchdog.look(watched, workers.pickups),
  });

  const connections: Service = {
    name: 'connections',
    start: async () => {
      // Not waited for: a worker starts without Redis too.
      for (const { redis, keys } of subscribed.all) {
        listenForClosed(redis, keys, (executionId) => held.stopExecution(executionId)).catch(onRedisError);
      }
      await shardsWithin(watched, START_PATIENCE_MS);
    },
    stop: async () => {
      await engine.close();
      await Promise.all([shards, watched, subscribed].map((some) => some.close()));
    },
  };
  const health = createHealthServer({
    host: env.HEALTH_HOST,
    port: env.HEALTH_PORT,
    metrics,
    logger,
    checks: {
      redis: () => watched.ping(),
      queues: async () => {
        const complaint = watchdog.complaint();
        if (complaint) throw new HealthProblem(complaint);
      },
    },
  });
  return [connections, health, workers, watch, reporting, guard];
}

/** Files with settings of Gantry itself, which no module may ask for. */
function settingFiles(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(environment).flatMap(([name, path]) => (name.endsWith('_FILE') && path ? [path] : []));
}
