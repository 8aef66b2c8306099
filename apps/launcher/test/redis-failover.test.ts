import { afterAll, beforeAll, test } from 'vitest';
import { startWatchedRedis, type WatchedRedis } from './sentinel.ts';
import { startTestSystem, type TestSystem } from './test-system.ts';
import { underLoad } from './under-load.ts';

let redis: WatchedRedis;
let gantry: TestSystem;

beforeAll(async () => {
  redis = await startWatchedRedis();
  gantry = await startTestSystem({ redisUrl: redis.url, workers: 2, schedulers: 2 });
});

afterAll(async () => {
  await gantry?.stop();
  await redis?.stop();
});

test('the master is killed, its replica takes over', async () => {
  await underLoad(gantry, 'killed', () => redis.killMaster());
});

test('the master freezes, its replica takes over, and the old one comes back', async () => {
  await redis.restore();
  await underLoad(gantry, 'frozen', () => redis.freezeMaster());
  await underLoad(gantry, 'thawed', async () => redis.thaw());
});

test('the master is switched for maintenance', async () => {
  await redis.restore();
  await underLoad(gantry, 'switched', () => redis.switchMaster());
});
