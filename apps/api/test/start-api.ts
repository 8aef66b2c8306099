import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from '@gantry/contracts/http/api-key';
import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { ProducerRedis } from '@gantry/dispatch/connect';
import type { Queues } from '@gantry/dispatch/queues';
import type { Database } from '@gantry/record/connection/database';
import { createKey } from '@gantry/record/keys/create-key';
import { ensureOrganization } from '@gantry/record/organizations/ensure-organization';
import { readEnvironment } from '@gantry/service/environment';
import { createLogger } from '@gantry/service/logger';
import { freshDatabase } from '@gantry/testkit/fresh-database';
import { freshRedis } from '@gantry/testkit/fresh-redis';
import { expect } from 'vitest';
import { createApi } from '../src/create-api.ts';
import { apiEnvironment } from '../src/env.ts';
import type { Route } from '../src/http/route.ts';
import { newSecret, secretHash } from '../src/keys/key-secret.ts';
import { ROUTES } from '../src/routes.ts';
import type { Watchers, WatchLimits } from '../src/watch/watchers.ts';
import { ApiClient } from './api-client.ts';
import { documented } from './documented.ts';

export const MAX_UPLOAD_BYTES = 100_000;

interface Servers {
  databaseUrl?: string;
  redisUrl?: string;
  redisPrefix?: string;
  watchLimits?: Partial<WatchLimits>;
  /** Settings besides. */
  env?: Readonly<Record<string, string>>;
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
  redis: ProducerRedis;
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
  const settings = readEnvironment(apiEnvironment, {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: prefix,
    CONTENT_DIR: contentDir,
    GANTRY_API_KEY: FIRST_KEY,
    MAX_UPLOAD_BYTES: String(MAX_UPLOAD_BYTES),
    RATE_LIMIT: String(servers.requestsPerSecond ?? 0),
    DATABASE_POOL_SIZE: '8',
    PORT: '0',
    ...servers.env,
  });
  const api = createApi(settings, createLogger({ name: 'api', level: 'silent' }), {
    routes: ROUTES.map(checkingAnswers),
    wrap: documented,
    watchLimits: servers.watchLimits,
    consoleDir: servers.consoleDir ?? contentDir,
  });
  const { db, commits, watchers } = api;
  const { redis, queues } = api.shards.first;
  // What was discarded stays to be looked at.
  const services = api.services.filter(({ name }) => name !== 'content-sweeper');
  for (const service of services) await service.start();
  const url = `http://127.0.0.1:${api.port}`;
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
      for (const service of services.toReversed()) await service.stop();
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
