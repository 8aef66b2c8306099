import type { Redis } from 'ioredis';

const FIRST = '{gantry}';
const NOTE = ':history';

/** What the keys of each shard begin with that a leader has been at. */
export async function shardPrefixes(redis: Redis): Promise<string[]> {
  const noted = await redis.keys(`{gantry*}${NOTE}`);
  return [...new Set([FIRST, ...noted.map((key) => key.slice(0, -NOTE.length))])];
}
