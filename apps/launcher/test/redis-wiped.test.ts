import { executionSchema } from '@gantry/contracts/http/execution';
import { pageSchema } from '@gantry/contracts/http/page';
import { ownRedis } from '@gantry/testkit/own-servers';
import type { TestServer } from '@gantry/testkit/test-server';
import { waitFor } from '@gantry/testkit/wait-for';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SystemProcess } from '../src/system.ts';
import { listAll } from './audit.ts';
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
  await waitFor(async () => (await finished()) === EXECUTIONS, { what: 'all to finish' });
  expect(await count("status ne 'SUCCEEDED'")).toBe(0);
});

test('a worker that was paused before FLUSHALL writes nothing when it goes on after it', async () => {
  const { id } = await gantry.assistant('paused', [
    { ref: 'gantry/sleep', options: { ms: 2_000 } },
    { ref: 'gantry/noop' },
  ]);
  const post = async (number: number) => {
    const answers = await gantry.contentsCreated(
      'paused',
      Array.from({ length: number }, () => ({})),
    );
    return answers.flatMap(({ executions }) => executions.map((execution) => execution.id));
  };
  const before = await post(16); // more than one worker takes
  const paused = gantry.worker();
  await waitFor(async () => (await runningAt(paused)) > 0, { what: 'the worker to run steps' });
  paused.kill('SIGSTOP');
  await flushAll(redis.url);
  for (const execution of before) await gantry.reaches(execution, 'SUCCEEDED');
  const finished = await listAll(gantry, `assistantId eq '${id}'`);

  paused.kill('SIGCONT');
  await waitFor(async () => (await runningAt(paused)) === 0, { what: 'the worker to give its steps up' });
  for (const execution of await post(17)) await gantry.reaches(execution, 'SUCCEEDED');
  const now = await listAll(gantry, `assistantId eq '${id}'`);
  expect(now.filter((execution) => before.includes(execution.id))).toEqual(finished);
});

/** How many slices a worker holds. */
async function runningAt({ url }: SystemProcess): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const used = text.matchAll(/^gantry_worker_slots_used\S* (\d+)$/gm).map(([, slices]) => Number(slices));
  return used.reduce((sum, slices) => sum + slices, 0);
}

async function count(filter: string): Promise<number> {
  const query = new URLSearchParams({ filter, pageSize: '1' });
  return (await gantry.api.get(`/api/executions?${query}`, pageSchema(executionSchema))).totalElements;
}

async function flushAll(url: string): Promise<void> {
  const client = new Redis(url);
  await client.flushall();
  await client.quit();
}
