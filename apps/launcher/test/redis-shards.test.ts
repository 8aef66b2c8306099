import { ownRedis } from '@gantry/testkit/own-servers';
import type { TestServer } from '@gantry/testkit/test-server';
import { afterAll, beforeAll, test } from 'vitest';
import { startTestSystem, type TestSystem } from './test-system.ts';
import { underLoad } from './under-load.ts';

let redis: TestServer;
let gantry: TestSystem;

beforeAll(async () => {
  redis = await ownRedis();
  const env = { REDIS_SHARDS: '3', REDIS_PREFIX: 'gantry' };
  gantry = await startTestSystem({ redisUrl: redis.url, workers: 2, schedulers: 1, env });
});

afterAll(async () => {
  await gantry?.stop();
  await redis?.stop();
});

test('three shards of one Redis, which is killed under load', async () => {
  await underLoad(gantry, 'killed', async () => {
    await redis.kill();
    await redis.restart();
  });
});
