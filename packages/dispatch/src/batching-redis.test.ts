import { ownRedis } from '@gantry/testkit/own-servers';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { BatchingRedis } from './batching-redis.ts';

/** How often Redis has read from its connections. */
async function readsOf(redis: Redis): Promise<number> {
  return Number(/total_reads_processed:(\d+)/.exec(await redis.info('stats'))?.[1]);
}

test('commands of one turn of the event loop reach Redis together, in order, each with its own answer', async () => {
  const server = await ownRedis();
  onTestFinished(() => server.stop());
  const [redis, onlooker] = [new BatchingRedis(server.url), new Redis(server.url)];
  onTestFinished(() => redis.disconnect());
  onTestFinished(() => onlooker.disconnect());
  await redis.set('count', '0');

  const before = await readsOf(onlooker);
  const first = Array.from({ length: 50 }, () => redis.incr('count'));
  const refused = redis.lpush('count', 'not a list').catch((error: Error) => error.message);
  const last = Promise.resolve().then(() => redis.incr('count'));
  expect(await Promise.all(first)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  expect(await refused).toMatch(/^WRONGTYPE/);
  expect(await last).toBe(51);
  // One for the commands, one for the question.
  expect((await readsOf(onlooker)) - before).toBe(2);
});

test('a connection that was lost takes commands again', async () => {
  const server = await ownRedis();
  onTestFinished(() => server.stop());
  const redis = new BatchingRedis(server.url, { maxRetriesPerRequest: null, retryStrategy: () => 10 });
  onTestFinished(() => redis.disconnect());
  redis.on('error', () => {});
  await redis.set('count', '0');
  await server.kill();
  const during = [redis.incr('count'), redis.get('count')];
  await server.restart();
  await Promise.all(during);
  expect(await Promise.all([redis.set('count', '5'), redis.incr('count')])).toEqual(['OK', 6]);
});
