import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { CallBacks } from '@gantry/dispatch/call-backs';
import { connectProducer, connectReader } from '@gantry/dispatch/connect';
import { keysOf } from '@gantry/dispatch/keys';
import { QueuePlaces } from '@gantry/dispatch/queue-places';
import { Queues } from '@gantry/dispatch/queues';
import { RuntimeLoads } from '@gantry/dispatch/runtime-load';
import { RuntimeRegistry } from '@gantry/dispatch/runtime-registry';
import { openDatabase } from '@gantry/record/connection/database';
import { ping } from '@gantry/record/connection/ping';
import { whenReachable } from '@gantry/record/connection/when-reachable';
import { ingestEvents } from '@gantry/record/events/ingest-events';
import { seedBuiltInModules } from '@gantry/record/modules/seed-built-in-modules';
import { migrate } from '@gantry/record/schema/migrate';
import { readEnvironmentOrExit } from '@gantry/service/environment';
import { createHttpService } from '@gantry/service/http-service';
import { runServices } from '@gantry/service/lifecycle';
import { createLogger } from '@gantry/service/logger';
import { Metrics } from '@gantry/service/metrics';
import type { Service } from '@gantry/service/service';
import { stopWithParent } from '@gantry/service/stop-with-parent';
import { createApiMetrics } from './api-metrics.ts';
import { builtInModules } from './built-in-modules.ts';
import { CONSOLE_DIR } from './console/console-router.ts';
import { contentSweeper } from './content-sweeper.ts';
import { createServer } from './create-server.ts';
import { apiEnvironment } from './env.ts';
import { provideFirstKey } from './first-key.ts';
import { followCommits } from './follow-commits.ts';
import { KeyVerifier } from './http/key-verifier.ts';
import { RateLimiter } from './http/rate-limiter.ts';
import { IngestBatcher } from './ingest-batcher.ts';
import { queueBoard } from './queues/queue-board.ts';
import { ROUTES } from './routes.ts';
import { SignInLinks } from './sessions/sign-in-links.ts';
import { wireWatching } from './watch/wire-watching.ts';

stopWithParent();
const env = readEnvironmentOrExit(apiEnvironment, process.env);
const logger = createLogger({ name: 'api', level: env.LOG_LEVEL });
const onPostgresError = (error: unknown) => logger.warn({ err: error }, 'Postgres');
const db = openDatabase({
  url: env.DATABASE_URL,
  poolSize: env.DATABASE_POOL_SIZE,
  name: 'gantry-api',
  onIdleError: onPostgresError,
});
const onRedisError = (error: Error) => logger.warn({ err: error }, 'Redis');
const redis = connectProducer(env.REDIS_URL, onRedisError);
const keys = keysOf(env.REDIS_PREFIX);
const queues = new Queues(redis, keys.prefix);
const told = new Metrics('api');
const metrics = createApiMetrics(told, { db, redis });
const readerRedis = connectReader(env.REDIS_URL, onRedisError);
const { publisher, watchers, reader } = wireWatching({ redis, readerRedis, keys, logger });
const commits = followCommits({ redis, keys, queues, publisher, logger, metrics });
const priorityDefaults = env.PRIORITY_DEFAULTS;
const batcher = new IngestBatcher({
  ingest: (events) => ingestEvents(db, events, { now: new Date(), priorityDefaults }),
  carryOut: (after) => commits.carryOut(after),
  metrics,
});
const content = createFolderContentStore(env.CONTENT_DIR);

const server = createServer({
  deps: {
    ...{ db, batcher, commits, content, watchers, priorityDefaults, logger, metrics },
    keys: new KeyVerifier(db),
    rateLimiter: new RateLimiter(env.RATE_LIMIT),
    runtimes: new RuntimeLoads(redis, queues),
    places: new QueuePlaces(redis, queues),
    maxUploadBytes: env.MAX_UPLOAD_BYTES,
  },
  routes: ROUTES,
  health: { checks: { postgres: () => ping(db), redis: () => redis.ping() }, metrics: told, logger },
  board: queueBoard(queues, new RuntimeRegistry(redis, keys)),
  consoleDir: CONSOLE_DIR,
  links: new SignInLinks(redis, keys.prefix),
  callBacks: new CallBacks(redis, keys, queues),
});

const connections: Service = {
  name: 'connections',
  start: async () => {
    await whenReachable(() => migrate(db), onPostgresError);
    await seedBuiltInModules(db, await builtInModules());
    await provideFirstKey(db, env.GANTRY_API_KEY, logger);
  },
  stop: async () => {
    await queues.close();
    redis.disconnect();
    await db.destroy();
  },
};
const http = createHttpService({
  name: 'http',
  handler: server,
  host: env.HOST,
  port: env.PORT,
  keepAliveSeconds: env.KEEP_ALIVE_SECONDS,
  logger,
});
const sweeper = contentSweeper({ db, content, logger });
await runServices({ services: [connections, sweeper, reader, http, watchers], logger });
