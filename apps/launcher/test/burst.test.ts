import { executionSchema } from '@gantry/contracts/http/execution';
import { pageSchema } from '@gantry/contracts/http/page';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestSystem, type TestSystem } from './test-system.ts';

const LIMIT = 400;
const EVENTS = 1_500;

let redis: FreshRedis;
let client: Redis;
let gantry: TestSystem;

beforeAll(async () => {
  redis = await freshRedis();
  client = new Redis(redis.url);
  const env = { ADMISSION_LIMIT: String(LIMIT), WORKER_CONCURRENCY: '1' };
  gantry = await startTestSystem({ redisUrl: redis.url, redisPrefix: redis.prefix, workers: 0, env });
});

afterAll(async () => {
  await gantry?.stop();
  await client?.quit();
  await redis?.cleanup();
});

/** Executions and slices that wait in Redis. */
async function jobs(): Promise<number> {
  const queues = ['executions', 'runtime.gantry.default'].map((queue) => `${redis.prefix}:${queue}:prioritized`);
  const counts = await Promise.all(queues.map((queue) => client.zcard(queue)));
  return counts.reduce((sum, count) => sum + count, 0);
}

const list = (assistantId: string, query: string) =>
  gantry.api.get(
    `/api/executions?${new URLSearchParams({ filter: `assistantId eq '${assistantId}'${query}`, pageSize: '1000' })}`,
    pageSchema(executionSchema),
  );

test('of a burst only so many wait in Redis, and all run by priority', { timeout: 120_000 }, async () => {
  const { id } = await gantry.assistant('burst', [{ ref: 'gantry/sleep', options: { ms: 10 } }]);
  let sent = 0;
  const send = async (count: number) => {
    const events = Array.from({ length: count }, (_, index) => {
      const content = `c${sent + index}`;
      return { priority: ((sent + index) % 3) * 4, documentFamilyId: content, contentObjectId: content };
    });
    sent += count;
    return (await gantry.contentsCreated('burst', events)).flatMap(({ executions }) => executions);
  };
  await send(LIMIT + 50);
  // The door has closed as soon as one is held back.
  await waitFor(async () => (await send(1))[0]?.status === 'REQUESTED');
  while (sent < EVENTS) await send(Math.min(500, EVENTS - sent));
  const most: number[] = [await jobs()];

  await gantry.system.addWorker();
  await waitFor(
    async () => {
      most.push(await jobs());
      return (await list(id, " and status eq 'SUCCEEDED'")).totalElements === sent;
    },
    { what: 'all to succeed', timeoutMs: 100_000, intervalMs: 200 },
  );
  expect(Math.max(...most)).toBeLessThanOrEqual(2 * LIMIT);

  const lastOf = async (priority: number) => {
    const { content } = await list(id, ` and priority eq ${priority}`);
    return content.map(({ pipeline }) => pipeline.steps[0]?.start ?? '').sort();
  };
  const [low, middle, high] = [await lastOf(0), await lastOf(4), await lastOf(8)];
  expect(low.length + middle.length + high.length).toBe(sent);
  expect((high.at(-1) ?? '') <= (middle[0] ?? '')).toBe(true);
  expect((middle.at(-1) ?? '') <= (low[0] ?? '')).toBe(true);
});
