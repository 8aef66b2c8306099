import { choosePlace, starterFor } from './server-place.ts';
import type { SharedServers } from './servers.ts';

/** Starts the servers that `useServers` speaks of. */
export async function startSharedServers(): Promise<SharedServers & { stop(): Promise<void> }> {
  const place = await choosePlace();
  const starter = await starterFor(place);
  const [redis, postgres] = await Promise.all([starter.startRedis(false), starter.startPostgres(false)]);
  return {
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    place,
    async stop() {
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  };
}
