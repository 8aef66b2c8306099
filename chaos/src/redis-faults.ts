import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { BreakableServer } from './breakable-server.ts';
import type { Dice } from './dice.ts';
import { shardPrefixes } from './shard-prefixes.ts';
import type { Stage } from './stage.ts';

const QUEUES = ['executions', 'runtime.gantry.default'];

/** Some permissions and jobs are gone, and the places of all jobs in their queues, as if they had been evicted. */
export async function loseKeys(redis: Redis, dice: Dice): Promise<void> {
  const some = await someKeys(redis, dice);
  const places = (await shardPrefixes(redis)).flatMap((prefix) =>
    QUEUES.map((queue) => `${prefix}:${queue}:prioritized`),
  );
  await redis.unlink(...some, ...places);
}

/** Some permissions and jobs are texts, and so is what everything goes through. */
export async function spoilKeys(redis: Redis, dice: Dice): Promise<void> {
  const prefix = dice.pick(await shardPrefixes(redis));
  const shared = dice.pick([
    `${prefix}:journal`,
    `${prefix}:runtimes`,
    ...QUEUES.map((queue) => `${prefix}:${queue}:wait`),
  ]);
  for (const key of [...(await someKeys(redis, dice)), shared]) await redis.set(key, 'x');
}

async function someKeys(redis: Redis, dice: Dice): Promise<string[]> {
  const keys = [...(await redis.keys('{gantry*}:exec:*')), ...(await redis.keys('{gantry*}:executions:*-*'))];
  return dice.shuffle(keys.filter((key) => !key.endsWith(':lock'))).slice(0, 20);
}

/** Redis loses what it was told since a moment some seconds ago: its disk was restored, or an old replica was promoted. */
export async function backInTime({ redis, redisDir }: Stage, last: () => Promise<void>): Promise<void> {
  const files = join(redisDir, 'appendonlydir');
  const copy = join(redisDir, 'earlier');
  await cp(files, copy, { recursive: true });
  await last();
  await redis.kill();
  await rm(files, { recursive: true });
  await cp(copy, files, { recursive: true });
  await rm(copy, { recursive: true });
  await redis.restart();
}

/** Redis refuses every command that needs memory. */
export async function full(server: BreakableServer, last: () => Promise<void>): Promise<void> {
  await command(server, (redis) => redis.config('SET', 'maxmemory', '1mb'));
  await last();
  await command(server, (redis) => redis.config('SET', 'maxmemory', '0'));
}

export async function command(server: BreakableServer, send: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(server.directUrl);
  try {
    await send(redis);
  } finally {
    redis.disconnect();
  }
}
