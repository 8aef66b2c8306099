import { isDeepStrictEqual } from 'node:util';
import { type RedisCluster, startRedisCluster } from '@gantry/testkit/redis-cluster';
import { waitFor } from '@gantry/testkit/wait-for';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestSystem, type TestSystem } from './test-system.ts';
import { underLoad } from './under-load.ts';

const OK = { code: 200, status: 'ok', checks: { postgres: 'ok', redis: 'ok' } };

let cluster: RedisCluster;
let gantry: TestSystem;

beforeAll(async () => {
  cluster = await startRedisCluster();
  const env = { REDIS_SHARDS: '3' };
  gantry = await startTestSystem({ redisUrl: cluster.url, workers: 2, schedulers: 2, restart: true, env });
});

afterAll(async () => {
  await gantry?.stop();
  await cluster?.stop();
});

/** Of each master. */
async function permissions(): Promise<number[]> {
  return Promise.all(
    cluster.nodeUrls.map(async (url) => {
      const redis = new Redis(url);
      const keys = await redis.keys('*:exec:*');
      redis.disconnect();
      return keys.length;
    }),
  );
}

test('executions are on every master, and while one of them is killed and started again nothing is lost', async () => {
  await underLoad(gantry, 'killed', async () => {
    await waitFor(async () => (await permissions()).every((count) => count > 0), { what: 'work for every master' });
    await cluster.kill(1);
    await cluster.restart(1);
  });
});

test('while a master is away the api stays ready, and says what waits', async () => {
  const readiness = async () => {
    const answer = await fetch(`${gantry.system.apiUrl}/health/ready`);
    return { code: answer.status, ...((await answer.json()) as object) };
  };
  await cluster.kill(1);
  const reasons = { redis: '1 of 3 shards of Redis away: their executions wait; events are accepted' };
  const checks = { postgres: 'ok', redis: 'degraded' };
  await waitFor(async () => isDeepStrictEqual(await readiness(), { code: 200, status: 'degraded', checks, reasons }));
  await cluster.restart(1);
  await waitFor(async () => isDeepStrictEqual(await readiness(), OK));
});

test('a worker and the leader that are killed are replaced', async () => {
  await gantry.assistant('lost', [{ ref: 'gantry/sleep', options: { ms: 300 } }, { ref: 'gantry/noop' }]);
  const answers = await gantry.contentsCreated('lost', Array(12).fill({}));
  const executions = answers.flatMap((answer) => answer.executions);
  process.kill(gantry.worker().pid, 'SIGKILL');
  process.kill((await gantry.leader()).pid, 'SIGKILL');
  for (const { id } of executions) await gantry.reaches(id, 'SUCCEEDED');
  expect(executions).toHaveLength(12);
});

test('an app that is told of another number of shards says so and does not start', async () => {
  const env = { REDIS_SHARDS: '2' };
  const starting = startTestSystem({ redisUrl: cluster.url, workers: 1, env });
  await expect(starting).rejects.toThrow('REDIS_SHARDS is 2 here, but what Redis holds is in 3 shards');
});
