import { ownRedis } from '@gantry/testkit/own-servers';
import { expect, onTestFinished, test } from 'vitest';
import { executionJob } from '../test/fresh-dispatch.ts';
import { connectWorker } from './connect.ts';
import { ExecutionQueue } from './execution-queue.ts';
import { type JobEnd, JobWorker } from './job-worker.ts';
import { EXECUTIONS_QUEUE } from './queue-names.ts';
import { openShards } from './shards.ts';

const OVER: JobEnd = { kind: 'over' };

/** A worker with several slots, alone with its Redis. */
async function worker() {
  const server = await ownRedis();
  onTestFinished(() => server.stop());
  const settings = { REDIS_URL: server.url, REDIS_PREFIX: '{thrifty}', REDIS_SHARDS: 1 };
  const shards = openShards(settings, connectWorker, () => {});
  onTestFinished(() => shards.close());
  const { redis, keys } = shards.first;
  const taken: string[] = [];
  const working = new JobWorker({
    ...{ redis, keys, queue: EXECUTIONS_QUEUE, concurrency: 4, onError: () => {} },
    process: async ({ id }) => {
      taken.push(id);
      return OVER;
    },
  });
  onTestFinished(() => working.close());
  return {
    taken,
    executions: new ExecutionQueue(shards),
    waits: async () => (await redis.info('clients')).includes('blocked_clients:1'),
    /** How often a job was asked for, since Redis began. */
    asked: async () => Number(/cmdstat_zpopmin:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0),
  };
}

test('where jobs come one by one, each is asked for once, and another one once it is over', async () => {
  const { executions, taken, waits, asked } = await worker();
  await expect.poll(waits, { timeout: 10_000 }).toBe(true);
  const before = await asked();
  for (const count of [1, 2, 3, 4, 5]) {
    await executions.add([executionJob()]);
    await expect
      .poll(async () => [taken.length, await asked(), await waits()], { timeout: 10_000 })
      .toEqual([count, before + 2 * count, true]);
  }
});

test('jobs that come while others are taken are taken as well', async () => {
  const { executions, taken, waits } = await worker();
  await expect.poll(waits, { timeout: 10_000 }).toBe(true);
  const jobs = Array.from({ length: 200 }, () => executionJob());
  await Promise.all(jobs.map((job) => executions.add([job])));
  await expect.poll(() => taken.length, { timeout: 10_000 }).toBe(jobs.length);
  expect(new Set(taken).size).toBe(jobs.length);
});
