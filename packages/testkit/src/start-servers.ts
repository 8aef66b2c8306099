import { join } from 'node:path';
import { startPostgres } from '@gantry/local-servers/start-postgres';
import { startRedis } from '@gantry/local-servers/start-redis';
import { CACHE_DIR, temporaryFolder } from './folders.ts';
import type { TestServers } from './servers.ts';

export const TEST_REDIS_DATABASES = 1024;

export interface RunningTestServers extends TestServers {
  stop(): Promise<void>;
}

export async function startServers(): Promise<RunningTestServers> {
  const folder = await temporaryFolder();
  const [redis, postgres] = await Promise.all([
    startRedis({
      dataDir: join(folder.path, 'redis'),
      cacheDir: CACHE_DIR,
      appendOnly: false,
      databases: TEST_REDIS_DATABASES,
    }),
    startPostgres({ dataDir: join(folder.path, 'postgres'), fsync: false }),
  ]);
  async function stop(): Promise<void> {
    await Promise.all([redis.stop(), postgres.stop()]);
    await folder.remove();
  }
  return { databaseUrl: postgres.url, redisUrl: redis.url, stop };
}
