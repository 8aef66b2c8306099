import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { LocalServer } from '@gantry/local-servers/local-server';
import { startPostgres } from '@gantry/local-servers/start-postgres';
import { startRedis } from '@gantry/local-servers/start-redis';
import { REDIS_DATABASES, type ServerStarter, type TestServer } from './test-server.ts';

/** The folder `npm start` uses too: a Redis fetched once serves both. */
const CACHE_DIR = resolve(import.meta.dirname, '../../../.gantry/cache');

/** Servers as processes of this machine, with their data in a temporary folder. */
export const localStarter: ServerStarter = {
  startRedis: (durable) =>
    startLocal((place) =>
      startRedis({ ...place, cacheDir: CACHE_DIR, appendOnly: durable, databases: REDIS_DATABASES }),
    ),
  startPostgres: (durable) => startLocal((place) => startPostgres({ ...place, fsync: durable })),
};

type Start = (place: { dataDir: string; port?: number }) => Promise<LocalServer>;

async function startLocal(start: Start): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-test-'));
  await chmod(folder, 0o755); // for the user that Postgres runs as
  const dataDir = join(folder, 'data');
  const remove = () => rm(folder, { recursive: true, force: true });
  let server = await start({ dataDir }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return {
    url: server.url,
    async kill() {
      process.kill(server.pid, 'SIGKILL');
      await server.stop();
    },
    async restart() {
      await server.stop();
      server = await start({ dataDir, port: server.port });
    },
    async stop() {
      await server.stop();
      await remove();
    },
  };
}
