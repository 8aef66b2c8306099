import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { useServers } from './servers.ts';
import { REDIS_DATABASES } from './test-server.ts';

export interface FreshRedis {
  /** Of a logical database of its own: FLUSHDB is safe, FLUSHALL is not (see `ownRedis`). */
  readonly url: string;
  /** Unique, for channels too (Redis publishes across logical databases); one hash tag, as Redis Cluster wants it. */
  readonly prefix: string;
  /** Empties the logical database. */
  cleanup(): Promise<void>;
}

/** Gives an empty logical database and a unique key prefix on the shared Redis. */
export async function freshRedis(): Promise<FreshRedis> {
  const { redisUrl } = useServers();
  const url = new URL(redisUrl);
  const taken = await withRedis(redisUrl, (redis) => redis.incr('gantry-test:databases'));
  url.pathname = String(1 + (taken % (REDIS_DATABASES - 1))); // 0 holds the counter
  const cleanup = () => withRedis(url.href, async (redis) => void (await redis.flushdb()));
  await cleanup();
  return { url: url.href, prefix: `{gantry-test-${randomBytes(6).toString('hex')}}`, cleanup };
}

async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await use(redis);
  } finally {
    await redis.quit();
  }
}
