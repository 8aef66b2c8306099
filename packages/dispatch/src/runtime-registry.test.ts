import { randomUUID } from 'node:crypto';
import { ownRedis } from '@gantry/testkit/own-servers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { executionJob, freshDispatch, opened, plannedFact, sliceJob } from '../test/fresh-dispatch.ts';
import { connectWorker } from './connect.ts';
import { ExecutionQueue } from './execution-queue.ts';
import { openExecutions } from './open-executions.ts';
import { PassedOver } from './passed-over.ts';
import { RuntimeRegistry } from './runtime-registry.ts';
import { Shards } from './shards.ts';
import { SliceQueue } from './slice-queue.ts';

let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
beforeAll(async () => {
  dispatch = await freshDispatch();
});
afterAll(() => dispatch.close());

test('runtimes that no worker has announced are unserved, with what waits for them', async () => {
  const { redis, keys, shards } = dispatch;
  const registry = new RuntimeRegistry(shards);
  expect(await registry.unserved()).toEqual([]);

  await openExecutions(dispatch.shards, [opened(plannedFact())], 1);
  const slices = ['acme/gpu', 'acme/gpu'].map((runtime) =>
    sliceJob({ slices: [{ runtime, firstStep: 0, stepCount: 1 }] }),
  );
  await new SliceQueue(shards).add(slices);
  expect(await registry.unserved()).toEqual([
    { runtime: 'acme/gpu', waiting: 2 },
    { runtime: 'gantry/default', waiting: 1 },
  ]);
  await registry.announce(['gantry/default', 'other/unused']);
  expect(await registry.unserved()).toEqual([{ runtime: 'acme/gpu', waiting: 2 }]);

  const ttlMs = await redis.pttl(keys.runtimeAlive('gantry/default'));
  expect(ttlMs).toBeGreaterThan(10_000);
  expect(ttlMs).toBeLessThanOrEqual(15_000);
});

test('what waits in Redis is counted from a priority on, but for runtimes that do not count', async () => {
  const { redis, keys, shards } = dispatch;
  const registry = new RuntimeRegistry(shards);
  const [gpu, cpu] = [randomUUID(), randomUUID()];
  await redis.sadd(keys.runtimes, gpu, cpu);
  const slice = (runtime: string, priority: number) =>
    sliceJob({ priority, slices: [{ runtime, firstStep: 0, stepCount: 1 }] });
  await new SliceQueue(shards).add([slice(cpu, 0), slice(cpu, 5), slice(cpu, 5), slice(cpu, 1_000), slice(gpu, 1_000)]);
  await new ExecutionQueue(shards).add([executionJob({ priority: 6 })]);
  const others = ['acme/gpu', 'gantry/default'];
  const counted = (priority: number) => registry.waiting(priority, [gpu, ...others]);
  const counts = await Promise.all([0, 1, 5, 6, 7, 1_000].map(counted));
  expect(counts.map(({ waiting }) => waiting)).toEqual([5, 4, 4, 2, 1, 1]);
  expect(counts.map(({ lessUrgent }) => lessUrgent)).toEqual([0, 1, 1, 3, 4, 4]);
  expect(await registry.waiting(1_000, others)).toEqual({ waiting: 2, lessUrgent: 4 });

  // One that goes ahead of the others is no more urgent for it.
  await new PassedOver(shards).giveTurns(0, Date.now() + 1_000);
  expect(await registry.waiting(1_000, others)).toEqual({ waiting: 2, lessUrgent: 4 });
});

test('whoever asks while Redis is away is told so instead of waiting', async () => {
  const server = await ownRedis();
  const redis = connectWorker(server.url, () => {});
  await redis.ping();
  await server.kill();
  onTestFinished(async () => {
    redis.disconnect();
    await server.stop();
  });
  await expect(new RuntimeRegistry(new Shards([redis], 'p')).unserved()).rejects.toThrow(/Redis did not answer/);
});
