import { join } from 'node:path';
import { findRedis } from '@gantry/local-servers/find-redis';
import { startPostgres } from '@gantry/local-servers/start-postgres';
import { startRedis } from '@gantry/local-servers/start-redis';
import type { Logger } from '@gantry/service/logger';

interface ServersOptions {
  dataDir: string;
  /** Used instead of a server of our own. */
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  logger: Logger;
}

interface Server {
  url: string;
  stop(): Promise<void>;
}

/** Brings up the Postgres and the Redis that are not given by URL, with their data in the data folder. */
export async function startServers(options: ServersOptions): Promise<{ postgres: Server; redis: Server }> {
  const [postgres, redis] = await Promise.allSettled([ownOrGivenPostgres(options), ownOrGivenRedis(options)]);
  if (postgres.status === 'fulfilled' && redis.status === 'fulfilled') {
    return { postgres: postgres.value, redis: redis.value };
  }
  for (const server of [redis, postgres]) if (server.status === 'fulfilled') await server.value.stop();
  throw postgres.status === 'rejected' ? postgres.reason : redis.status === 'rejected' && redis.reason;
}

async function ownOrGivenPostgres({ dataDir, databaseUrl, logger }: ServersOptions): Promise<Server> {
  if (databaseUrl !== undefined) return given(databaseUrl);
  const onLog = (line: string) => logger.debug({ server: 'postgres' }, line);
  return startPostgres({ dataDir: join(dataDir, 'postgres'), onLog });
}

async function ownOrGivenRedis({ dataDir, redisUrl, logger }: ServersOptions): Promise<Server> {
  if (redisUrl !== undefined) return given(redisUrl);
  const cacheDir = join(dataDir, 'cache');
  // The first start may fetch it, which takes a while: that much is said aloud.
  await findRedis(cacheDir, (line) => logger.info(line));
  const onLog = (line: string) => logger.debug({ server: 'redis' }, line);
  return startRedis({ dataDir: join(dataDir, 'redis'), cacheDir, onLog });
}

function given(url: string): Server {
  return { url, stop: async () => undefined };
}
