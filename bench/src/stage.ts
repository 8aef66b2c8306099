import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { GantryClient } from '@gantry/client/gantry-client';
import { type System, startSystem } from '@gantry/launcher/system';
import { startPostgres } from '@gantry/local-servers/start-postgres';
import { startRedis } from '@gantry/local-servers/start-redis';
import { leanFetch } from './lean-fetch.ts';

const CACHE_DIR = resolve(import.meta.dirname, '../../.gantry/cache');

/** The servers that everything measured runs on: a Redis with its append-only file, a Postgres with fsync, in a folder of their own. */
export interface Servers extends AsyncDisposable {
  readonly folder: string;
  readonly redis: { readonly url: string; readonly pid: number };
  readonly postgres: { readonly url: string; readonly pid: number };
}

export async function startServers(): Promise<Servers> {
  await using built = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'gantry-bench-'));
  built.defer(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755); // for the user that Postgres runs as
  const redis = await startRedis({ dataDir: join(folder, 'redis'), cacheDir: CACHE_DIR });
  built.defer(() => redis.stop());
  const postgres = await startPostgres({
    dataDir: join(folder, 'postgres'),
    settings: { shared_preload_libraries: 'pg_stat_statements' },
  });
  built.defer(() => postgres.stop());
  const servers = built.move();
  return { folder, redis, postgres, [Symbol.asyncDispose]: () => servers.disposeAsync() };
}

/** A whole Gantry on them. */
export interface Gantry extends AsyncDisposable {
  readonly system: System;
  readonly client: GantryClient;
}

export interface GantryOptions {
  workers?: number;
  /** 0: nothing becomes of executions. */
  schedulers?: number;
  /** Slices that a worker runs at the same time. */
  concurrency?: number;
  env?: Readonly<Record<string, string>>;
}

export async function startGantry(servers: Servers, options: GantryOptions = {}): Promise<Gantry> {
  const { workers = 1, schedulers = 1, concurrency = 8, env = {} } = options;
  const contentDir = join(servers.folder, 'content');
  await mkdir(contentDir, { recursive: true });
  const system = await startSystem({
    databaseUrl: servers.postgres.url,
    redisUrl: servers.redis.url,
    workers,
    schedulers,
    env: {
      CONTENT_DIR: contentDir,
      LOG_LEVEL: 'warn',
      RATE_LIMIT: '0',
      WORKER_CONCURRENCY: String(concurrency),
      ...env,
    },
    onLog: (name, line) => console.error(`${name} ${line}`),
  });
  const client = new GantryClient({ url: system.apiUrl, apiKey: system.apiKey, fetch: leanFetch });
  return { system, client, [Symbol.asyncDispose]: () => system.stop() };
}
