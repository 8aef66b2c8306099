import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type System, startSystem } from '@gantry/launcher/system';
import { startPostgres } from '@gantry/local-servers/start-postgres';
import { startRedis } from '@gantry/local-servers/start-redis';
import { BreakableServer } from './breakable-server.ts';

const CACHE_DIR = resolve(import.meta.dirname, '../../.gantry/cache');
const WRONG_CLOCK = import.meta.resolve('./wrong-clock.ts');
const MODULES_DIR = resolve(import.meta.dirname, '../modules');

/** How many of each app run, and in how many shards Redis is used; in one by default. */
export interface Shape {
  apis: number;
  schedulers: number;
  workers: number;
  shards?: number;
}

/** A whole system and the servers under it, all of which faults can be injected into. */
export interface Stage extends AsyncDisposable {
  readonly system: System;
  readonly redis: BreakableServer;
  /** Where Redis keeps its data. */
  readonly redisDir: string;
  readonly postgres: BreakableServer;
  /** Where the bytes of documents and large outputs are. */
  readonly contentDir: string;
  /** Where a role's clock can be made wrong: see wrong-clock.ts. */
  readonly clocksDir: string;
  /** The file in which steps leave their marks. */
  readonly marks: string;
}

/**
 * Starts everything in a folder of its own. `onLog` gets what the apps write.
 * @param apps folder of the apps, if they are not this version's
 */
export async function setStage(
  shape: Shape,
  onLog: (name: string, line: string) => void,
  apps?: string,
): Promise<Stage> {
  await using built = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'gantry-chaos-'));
  built.defer(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755); // for the user that Postgres runs as
  const contentDir = join(folder, 'content');
  await mkdir(contentDir);
  const clocksDir = join(folder, 'clocks');
  await mkdir(clocksDir);
  const marks = join(folder, 'marks');
  await writeFile(marks, '');

  const redisDir = join(folder, 'redis');
  const redis = await BreakableServer.start((port) =>
    startRedis({ dataDir: redisDir, cacheDir: CACHE_DIR, ...(port && { port }) }),
  );
  built.defer(() => redis.stop());
  const postgres = await BreakableServer.start((port) =>
    startPostgres({ dataDir: join(folder, 'postgres'), ...(port && { port }) }),
  );
  built.defer(() => postgres.stop());

  const system = await startSystem({
    ...shape,
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    restart: true,
    ...(apps !== undefined && { apps }),
    env: {
      CONTENT_DIR: contentDir,
      MODULES_DIR,
      LOG_LEVEL: 'warn',
      RATE_LIMIT: '0',
      REDIS_SHARDS: String(shape.shards ?? 1),
      WORKER_CONCURRENCY: '16',
      NODE_OPTIONS: `--import ${WRONG_CLOCK}?folder=${encodeURIComponent(clocksDir)}`,
    },
    onLog,
  });
  built.defer(() => system.stop());

  const stage = built.move();
  return {
    system,
    redis,
    redisDir,
    postgres,
    contentDir,
    clocksDir,
    marks,
    [Symbol.asyncDispose]: () => stage.disposeAsync(),
  };
}
