import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestSystem, type TestSystem } from './test-system.ts';

let redis: FreshRedis;
let gantry: TestSystem;
beforeAll(async () => {
  redis = await freshRedis();
  gantry = await startTestSystem({ redisUrl: redis.url, redisPrefix: redis.prefix, workers: 1 });
});
afterAll(async () => {
  await gantry?.stop();
  await redis?.cleanup();
});

test('an event becomes a finished execution', async () => {
  await gantry.assistant('echo', [{ ref: 'gantry/noop' }, { ref: 'module://gantry/echo' }]);
  const { executions } = await gantry.contentCreated('echo', 'c1');
  const done = await gantry.reaches(executions[0]?.id ?? '', 'SUCCEEDED');
  expect(done.steps?.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
});
