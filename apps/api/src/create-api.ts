import type { RequestListener } from 'node:http';
import { openContents } from '@gantry/contents/open-contents';
import { CallBacks } from '@gantry/dispatch/call-backs';
import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import { connectProducer, connectReader, type ProducerRedis } from '@gantry/dispatch/connect';
import { PausedWork } from '@gantry/dispatch/paused-work';
import { QueuePlaces } from '@gantry/dispatch/queue-places';
import { RedisLook } from '@gantry/dispatch/redis-look';
import { RuntimeLoads } from '@gantry/dispatch/runtime-load';
import { shardsWithin } from '@gantry/dispatch/shard-count';
import { openShards, type Shards } from '@gantry/dispatch/shards';
import { WorkerRegistry } from '@gantry/dispatch/worker-registry';
import { type Database, openDatabase } from '@gantry/record/connection/database';
import { checkWritable } from '@gantry/record/connection/ping';
import { whenReachable } from '@gantry/record/connection/when-reachable';
import { ingestEvents } from '@gantry/record/events/ingest-events';
import { reserveNames } from '@gantry/record/modules/reserved-names';
import { seedBuiltInModules } from '@gantry/record/modules/seed-built-in-modules';
import { migrate } from '@gantry/record/schema/migrate';
import { contentCredentials, contentPlace } from '@gantry/service/content-settings';
import { createHttpService } from '@gantry/service/http-service';
import type { Logger } from '@gantry/service/logger';
import { Metrics } from '@gantry/service/metrics';
import type { Service } from '@gantry/service/service';
import type { z } from 'zod';
import { createApiMetrics } from './api-metrics.ts';
import { builtInModules } from './built-in-modules.ts';
import { checkRedis } from './check-redis.ts';
import { CONSOLE_DIR } from './console/console-router.ts';
import { contentLook } from './content-look.ts';
import { contentSweeper, unfinishedSweeper } from './content-sweeper.ts';
import { createServer } from './create-server.ts';
import type { apiEnvironment } from './env.ts';
import { provideFirstKey } from './first-key.ts';
import { followCommits } from './follow-commits.ts';
import { carriesKey, KeyVerifier } from './http/key-verifier.ts';
import { RateLimiter } from './http/rate-limiter.ts';
import { ReadShares } from './http/read-shares.ts';
import type { Route } from './http/route.ts';
import { refuseSlowBody } from './http/serve-route.ts';
import { unreadableProblem } from './http/unreadable-problem.ts';
import { IngestBatcher } from './ingest-batcher.ts';
import { boardOnDemand } from './queues/board-on-demand.ts';
import { ROUTES } from './routes.ts';
import { sealAnew } from './secrets/seal-anew.ts';
import { SecretSeal } from './secrets/secret-seal.ts';
import { SignInLinks } from './sessions/sign-in-links.ts';
import { ContentQuotas } from './stores/content-quotas.ts';
import type { Watchers, WatchLimits } from './watch/watchers.ts';
import { wireWatching } from './watch/wire-watching.ts';

/** An api starts without Redis too. */
const START_PATIENCE_MS = 2_000;

export type ApiSettings = z.infer<typeof apiEnvironment>;

/** What a test looks at, or through. */
export interface ApiSeams {
  routes?: readonly Route[];
  wrap?: (server: RequestListener) => RequestListener;
  watchLimits?: Partial<WatchLimits> | undefined;
  consoleDir?: string;
}

export interface Api {
  db: Database;
  shards: Shards<ProducerRedis>;
  commits: CommitFollower;
  watchers: Watchers;
  /** Where it listens; known once started. */
  readonly port: number;
  /** In the order in which they start. */
  services: Service[];
}

/** All of an api, wired. Nothing is connected to before its services start. */
export function createApi(settings: ApiSettings, logger: Logger, seams: ApiSeams = {}): Api {
  const { routes = ROUTES, wrap = (server) => server, watchLimits, consoleDir = CONSOLE_DIR } = seams;
  const onPostgresError = (error: unknown) => logger.warn({ err: error }, 'Postgres');
  const onRedisError = (error: Error) => logger.warn({ err: error }, 'Redis');
  const db = openDatabase({
    url: settings.DATABASE_URL,
    poolSize: settings.DATABASE_POOL_SIZE,
    name: 'gantry-api',
    onIdleError: onPostgresError,
  });
  const shards = openShards(settings, connectProducer, onRedisError);
  const { redis, keys } = shards.first;
  const told = new Metrics('api');
  const metrics = createApiMetrics(told, { db, redis: shards });
  const { publisher, watchers, reader } = wireWatching({
    redis,
    readerRedis: connectReader(settings.REDIS_URL, onRedisError, keys.prefix),
    keys,
    logger,
    limits: watchLimits,
  });
  const commits = followCommits({ shards, publisher, logger, metrics });
  const priorityDefaults = settings.PRIORITY_DEFAULTS;
  const batcher = new IngestBatcher({
    ingest: (events) => ingestEvents(db, events, { now: new Date(), priorityDefaults }),
    carryOut: (after) => commits.carryOut(after),
    metrics,
  });
  const content = openContents(contentPlace(settings), contentCredentials(settings));
  const seal = settings.GANTRY_SECRETS_KEY && new SecretSeal(settings.GANTRY_SECRETS_KEY);
  const deps = {
    db,
    batcher,
    commits,
    content,
    watchers,
    priorityDefaults,
    logger,
    metrics,
    keys: new KeyVerifier(db),
    rateLimiter: new RateLimiter(settings.RATE_LIMIT),
    readShares: new ReadShares(settings.DATABASE_POOL_SIZE),
    runtimes: new RuntimeLoads(shards),
    workers: new WorkerRegistry(redis, keys),
    pausedWork: new PausedWork(redis, keys),
    places: new QueuePlaces(shards),
    seal,
    redisLook: new RedisLook(shards),
    maxUploadBytes: settings.MAX_UPLOAD_BYTES,
    contentQuotas: new ContentQuotas({ db, metrics, quotas: settings.CONTENT_QUOTAS }),
  };
  const server = createServer({
    deps,
    routes,
    health: { checks: { postgres: () => checkWritable(db), redis: () => checkRedis(shards) }, metrics: told, logger },
    board: boardOnDemand(shards),
    consoleDir,
    links: new SignInLinks(redis, keys.prefix),
    callBacks: new CallBacks(shards),
    workerToken: settings.GANTRY_WORKER_TOKEN,
    trustedProxies: settings.TRUST_PROXY,
  });
  const connections: Service = {
    name: 'connections',
    start: async () => {
      await whenReachable(() => migrate(db), onPostgresError);
      await shardsWithin(shards, START_PATIENCE_MS);
      await seedBuiltInModules(db, await builtInModules());
      if (seal) await sealAnew({ db, seal, logger });
      await reserveNames(db, settings.RESERVED_NAMES);
      await provideFirstKey(db, settings.GANTRY_API_KEY, logger);
    },
    stop: async () => {
      await shards.close();
      await db.destroy();
    },
  };
  const http = createHttpService({
    name: 'http',
    handler: wrap(server),
    host: settings.HOST,
    port: settings.PORT,
    keepAliveSeconds: settings.KEEP_ALIVE_SECONDS,
    isTrusted: ({ headers }, { statusCode }) => carriesKey(headers) && statusCode !== 401,
    refuseSlow: (request, response) => refuseSlowBody(deps, request, response),
    refusal: unreadableProblem,
    logger,
  });
  return {
    db,
    shards,
    commits,
    watchers,
    get port() {
      return http.port;
    },
    services: [
      connections,
      contentSweeper({ db, content, logger }),
      unfinishedSweeper({ content, logger }),
      contentLook({ db, content, metrics, logger }),
      reader,
      http,
      watchers,
    ],
  };
}
