import { executionSchema } from '@gantry/contracts/http/execution';
import { pageSchema } from '@gantry/contracts/http/page';
import { ownRedis } from '@gantry/testkit/own-servers';
import type { TestServer } from '@gantry/testkit/test-server';
import { waitFor } from '@gantry/testkit/wait-for';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestSystem, type TestSystem } from './test-system.ts';

const EXECUTIONS = 500;

let redis: TestServer;
let gantry: TestSystem;

beforeAll(async () => {
  redis = await ownRedis();
  gantry = await startTestSystem({ redisUrl: redis.url, workers: 2 });
});

afterAll(async () => {
  await gantry?.stop();
  await redis?.stop();
});

test('FLUSHALL with 500 executions in flight delays them and loses none', async () => {
  await gantry.assistant('flushed', [{ ref: 'gantry/sleep', options: { ms: 50 } }, { ref: 'gantry/noop' }]);
  await gantry.contentsCreated(
    'flushed',
    Array.from({ length: EXECUTIONS }, () => ({})),
  );
  const finished = () => count("status eq 'SUCCEEDED'");
  await waitFor(async () => (await finished()) > 20, { what: 'the first to finish' });

  await flushAll(redis.url);
  expect(await finished()).toBeLessThan(EXECUTIONS);
  await waitFor(async () => (await finished()) === EXECUTIONS, { what: 'all to finish', timeoutMs: 45_000 });
  expect(await count("status ne 'SUCCEEDED'")).toBe(0);
});

async function count(filter: string): Promise<number> {
  const query = new URLSearchParams({ filter, pageSize: '1' });
  return (await gantry.api.get(`/api/executions?${query}`, pageSchema(executionSchema))).totalElements;
}

async function flushAll(url: string): Promise<void> {
  const client = new Redis(url);
  await client.flushall();
  await client.quit();
}
