import { join } from 'node:path';
import { findRedis } from '@gantry/local-servers/find-redis';
import { startPostgres } from '@gantry/local-servers/start-postgres';
import { startRedis } from '@gantry/local-servers/start-redis';
import type { Logger } from '@gantry/service/logger';
import { type Server, startKeptServer } from './kept-server.ts';

interface ServersOptions {
  dataDir: string;
  /** Used instead of a server of our own. */
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  logger: Logger;
}

/** Brings up the Postgres and the Redis that are not given by URL, with their data in the data folder, and keeps them up. */
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
  const start = (port?: number) => startPostgres({ dataDir: join(dataDir, 'postgres'), ...(port && { port }), onLog });
  return startKeptServer({ name: 'postgres', start, logger });
}

async function ownOrGivenRedis({ dataDir, redisUrl, logger }: ServersOptions): Promise<Server> {
  if (redisUrl !== undefined) return given(redisUrl);
  const cacheDir = join(dataDir, 'cache');
  // The first start may fetch it, which takes a while: that much is said aloud.
  await findRedis(cacheDir, (line) => logger.info(line));
  const onLog = (line: string) => logger.debug({ server: 'redis' }, line);
  const start = (port?: number) =>
    startRedis({ dataDir: join(dataDir, 'redis'), cacheDir, withPassword: true, ...(port && { port }), onLog });
  return startKeptServer({ name: 'redis', start, logger });
}

function given(url: string): Server {
  return { url, stop: async () => undefined };
}
