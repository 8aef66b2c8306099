import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import type { Scope } from '@gantry/contracts/http/api-key';
import { CallBacks } from '@gantry/dispatch/call-backs';
import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import { connectProducer, connectReader } from '@gantry/dispatch/connect';
import { keysOf } from '@gantry/dispatch/keys';
import { QueuePlaces } from '@gantry/dispatch/queue-places';
import { Queues } from '@gantry/dispatch/queues';
import { RuntimeLoads } from '@gantry/dispatch/runtime-load';
import { RuntimeRegistry } from '@gantry/dispatch/runtime-registry';
import { type Database, openDatabase } from '@gantry/record/connection/database';
import { ping } from '@gantry/record/connection/ping';
import { ingestEvents } from '@gantry/record/events/ingest-events';
import { createKey } from '@gantry/record/keys/create-key';
import { seedBuiltInModules } from '@gantry/record/modules/seed-built-in-modules';
import { ensureOrganization } from '@gantry/record/organizations/ensure-organization';
import { migrate } from '@gantry/record/schema/migrate';
import { createHttpService } from '@gantry/service/http-service';
import { createLogger } from '@gantry/service/logger';
import { Metrics } from '@gantry/service/metrics';
import { freshDatabase } from '@gantry/testkit/fresh-database';
import { freshRedis } from '@gantry/testkit/fresh-redis';
import { expect } from 'vitest';
import { createApiMetrics } from '../src/api-metrics.ts';
import { builtInModules } from '../src/built-in-modules.ts';
import { createServer } from '../src/create-server.ts';
import { provideFirstKey } from '../src/first-key.ts';
import { followCommits } from '../src/follow-commits.ts';
import { KeyVerifier } from '../src/http/key-verifier.ts';
import { RateLimiter } from '../src/http/rate-limiter.ts';
import type { Route } from '../src/http/route.ts';
import { IngestBatcher } from '../src/ingest-batcher.ts';
import { newSecret, secretHash } from '../src/keys/key-secret.ts';
import { queueBoard } from '../src/queues/queue-board.ts';
import { ROUTES } from '../src/routes.ts';
import { SignInLinks } from '../src/sessions/sign-in-links.ts';
import type { Watchers, WatchLimits } from '../src/watch/watchers.ts';
import { wireWatching } from '../src/watch/wire-watching.ts';
import { ApiClient } from './api-client.ts';
import { documented } from './documented.ts';

export const MAX_UPLOAD_BYTES = 100_000;

interface Servers {
  databaseUrl?: string;
  redisUrl?: string;
  redisPrefix?: string;
  watchLimits?: Partial<WatchLimits>;
  /** Without it there is no console. */
  consoleDir?: string;
  /** That a key may send; no limit if left out. */
  requestsPerSecond?: number;
}

export interface RunningApi {
  url: string;
  databaseUrl: string;
  redisUrl: string;
  db: Database;
  commits: CommitFollower;
  redis: ReturnType<typeof connectProducer>;
  queues: Queues;
  prefix: string;
  watchers: Watchers;
  contentDir: string;
  /** With the first key, which has every scope. */
  client: ApiClient;
  /** A client of another organization, or with other scopes. */
  clientOf(organization: string, ...scopes: Scope[]): Promise<ApiClient>;
  close(): Promise<void>;
}

/** Of every api that a test starts: on one database, that of a later start would take the place of an earlier one's. */
const FIRST_KEY = newSecret();

/** The api as main.ts composes it, on a database and a Redis of its own, listening on a free port. */
export async function startApi(servers: Servers = {}): Promise<RunningApi> {
  const database = servers.databaseUrl === undefined ? await freshDatabase() : undefined;
  const databaseUrl = servers.databaseUrl ?? database?.url ?? '';
  const fresh = await freshRedis();
  const redisUrl = servers.redisUrl ?? fresh.url;
  const prefix = servers.redisPrefix ?? fresh.prefix;
  const contentDir = await mkdtemp(join(tmpdir(), 'gantry-api-'));
  const logger = createLogger({ name: 'api', level: 'silent' });
  const db = openDatabase({
    url: databaseUrl,
    poolSize: 8,
    name: 'test',
    onIdleError: () => {},
  });
  const redis = connectProducer(redisUrl, () => {});
  const keys = keysOf(prefix);
  const queues = new Queues(redis, prefix);
  const told = new Metrics('api');
  const metrics = createApiMetrics(told, { db, redis });
  const { publisher, watchers, reader } = wireWatching({
    ...{ redis, keys, logger },
    readerRedis: connectReader(redisUrl, () => {}),
    limits: servers.watchLimits,
  });
  const commits = followCommits({ redis, keys, queues, publisher, logger, metrics });
  const batcher = new IngestBatcher({
    ingest: (events) => ingestEvents(db, events, { now: new Date(), priorityDefaults: {} }),
    carryOut: (after) => commits.carryOut(after),
    metrics,
  });
  await migrate(db);
  await seedBuiltInModules(db, await builtInModules());
  await provideFirstKey(db, FIRST_KEY, logger);

  const server = createServer({
    deps: {
      ...{ db, batcher, commits, watchers, logger, metrics },
      keys: new KeyVerifier(db),
      rateLimiter: new RateLimiter(servers.requestsPerSecond ?? 0),
      runtimes: new RuntimeLoads(redis, queues),
      places: new QueuePlaces(redis, queues),
      content: createFolderContentStore(contentDir),
      priorityDefaults: {},
      maxUploadBytes: MAX_UPLOAD_BYTES,
    },
    routes: ROUTES.map(checkingAnswers),
    health: { checks: { postgres: () => ping(db), redis: () => redis.ping() }, metrics: told, logger },
    board: queueBoard(queues, new RuntimeRegistry(redis, keys)),
    consoleDir: servers.consoleDir ?? contentDir,
    links: new SignInLinks(redis, keys.prefix),
    callBacks: new CallBacks(redis, keys, queues),
  });
  const http = createHttpService({ name: 'http', handler: documented(server), host: '127.0.0.1', port: 0, logger });
  await reader.start();
  await http.start();
  await watchers.start();
  const url = `http://127.0.0.1:${http.port}`;
  return {
    ...{ url, databaseUrl, redisUrl, db, commits, redis, queues, prefix, watchers, contentDir },
    client: new ApiClient(url, FIRST_KEY),
    async clientOf(slug, ...scopes) {
      const { id } = await ensureOrganization(db, { slug, name: slug });
      const secret = newSecret();
      await createKey(db, { organizationId: id, name: slug, scopes, secretHash: secretHash(secret) });
      return new ApiClient(url, secret);
    },
    async close() {
      await watchers.stop();
      await http.stop();
      await reader.stop();
      await queues.close();
      redis.disconnect();
      await db.destroy();
      await database?.drop();
      await rm(contentDir, { recursive: true });
    },
  };
}

/** Every answer must be one that its route says it gives, with no field more. */
function checkingAnswers(route: Route): Route {
  return {
    ...route,
    async handle(incoming, deps) {
      const reply = await route.handle(incoming, deps);
      const schema = route.answers[reply.status];
      const onTheWire = reply.body === undefined ? undefined : JSON.parse(JSON.stringify(reply.body));
      expect(schema?.parse(onTheWire), `${route.method} ${route.path}`).toEqual(onTheWire);
      return reply;
    },
  };
}
