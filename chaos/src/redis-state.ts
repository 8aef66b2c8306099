import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { Finding } from './finding.ts';
import { shardPrefixes } from './shard-prefixes.ts';

const BUSY_STATES = ['waiting', 'prioritized', 'active', 'delayed', 'waiting-children'] as const;

/** What Redis holds, in bytes. */
export async function memoryOf(url: string): Promise<number> {
  return withRedis(url, async (redis) => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]));
}

/** What is left in Redis of a system that has nothing to do: facts, permissions and jobs, of which there must be none. */
export async function leftovers(url: string): Promise<Finding[]> {
  return withRedis(url, async (redis) => {
    const found: Finding[] = [];
    for (const prefix of await shardPrefixes(redis)) found.push(...(await leftInShard(redis, prefix)));
    return found;
  });
}

async function leftInShard(redis: Redis, prefix: string): Promise<Finding[]> {
  const counts: Record<string, number> = {
    'entries in the journal': await redis.xlen(`${prefix}:journal`),
    'facts that were refused': await redis.llen(`${prefix}:journal:parked`),
    permissions: await countLasting(redis, await redis.keys(`${prefix}:exec:*`)),
  };
  const metas = await redis.keys(`${prefix}:*:meta`);
  for (const name of metas.map((key) => key.slice(prefix.length + 1, -':meta'.length))) {
    const queue = new Queue(name, { prefix, connection: redis });
    const jobs = await queue.getJobCounts(...BUSY_STATES);
    for (const [state, count] of Object.entries(jobs)) counts[`${state} jobs in ${name}`] = count;
  }
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => ({ problem: 'stuck', says: `${count} ${what} left in Redis, of ${prefix}` }));
}

/** Permissions of finished executions stay closed for a minute: those that will go by themselves do not count. */
async function countLasting(redis: Redis, keys: readonly string[]): Promise<number> {
  const expiries = await Promise.all(keys.map((key) => redis.pttl(key)));
  return expiries.filter((ms) => ms === -1).length;
}

async function withRedis<T>(url: string, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  redis.on('error', () => undefined); // it is away: the command waits
  try {
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}
