import { ownRedis } from '@gantry/testkit/own-servers';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { executionJob, freshDispatch, sliceJob } from '../test/fresh-dispatch.ts';
import { connectProducer } from './connect.ts';
import { ExecutionQueue } from './execution-queue.ts';
import { JobWorker } from './job-worker.ts';
import { EXECUTIONS_QUEUE, runtimeQueueName } from './queue-names.ts';
import { RuntimeRegistry } from './runtime-registry.ts';
import { Shards } from './shards.ts';
import { SliceQueue } from './slice-queue.ts';

let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
let executions: ExecutionQueue;
let slices: SliceQueue;
beforeAll(async () => {
  dispatch = await freshDispatch();
  executions = new ExecutionQueue(dispatch.shards);
  slices = new SliceQueue(dispatch.shards);
});
beforeEach(() => dispatch.redis.flushdb());
afterAll(() => dispatch.close());

/** Takes `count` jobs, one after the other. */
async function take(queue: string, count: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  const all = Promise.withResolvers<void>();
  const worker = new JobWorker({
    ...{ redis: dispatch.redis, keys: dispatch.keys, queue, concurrency: 1, onError: all.reject },
    process: async ({ data }) => {
      taken.push(...((data as { executions?: unknown[] }).executions ?? [data]));
      if (taken.length === count) all.resolve();
      return { kind: 'over' };
    },
  });
  await all.promise;
  await worker.close();
  return taken;
}

test('2,500 executions added in bulks are taken by priority, and in the order of adding within one', async () => {
  const jobs = Array.from({ length: 2_500 }, (_, index) =>
    executionJob({ priority: (index * 7919) % 1_001, parameters: { index } }),
  );
  await executions.add(jobs.slice(0, 2_100)); // more than one chunk
  await executions.add(jobs.slice(2_100));
  await executions.add([]);
  // Array.prototype.sort keeps the order of equals.
  const expected = jobs.toSorted((a, b) => b.priority - a.priority);
  const taken = (await take(EXECUTIONS_QUEUE, jobs.length)) as typeof jobs;
  expect(taken.map(({ executionId }) => executionId)).toEqual(expected.map(({ executionId }) => executionId));
});

test('a job that is added again stays where and what it is', async () => {
  const [first, second] = [executionJob(), executionJob()];
  await executions.add([first, second]);
  await executions.add([{ ...first, priority: 0, parameters: { changed: true } }]);
  await executions.add([second, first]);
  expect(await take(EXECUTIONS_QUEUE, 2)).toEqual([first, second]);
  expect(await dispatch.queues.get(EXECUTIONS_QUEUE).getJobCountByTypes('prioritized', 'waiting')).toBe(0);
});

test('a new planning of an execution is another job', async () => {
  const job = executionJob();
  await executions.add([job, { ...job, epoch: 2 }]);
  expect(await take(EXECUTIONS_QUEUE, 2)).toEqual([job, { ...job, epoch: 2 }]);
});

test('slices go to the queues of their runtimes', async () => {
  const plan = [
    { runtime: 'gantry/default', firstStep: 0, stepCount: 1 },
    { runtime: 'acme/gpu', firstStep: 1, stepCount: 1 },
  ];
  const [first, second] = [sliceJob({ slices: plan }), sliceJob({ slices: plan, slice: 1 })];
  await slices.add([first, second]);
  await slices.add([first]);
  expect(await take(runtimeQueueName('gantry/default'), 1)).toEqual([first]);
  expect(await take(runtimeQueueName('acme/gpu'), 1)).toEqual([second]);
  await expect(slices.add([sliceJob({ slice: 1 })])).rejects.toThrow('one of its own slices');
});

test('a priority that BullMQ would misread is refused before anything is added', async () => {
  for (const priority of [-1, 1_001, Number.NaN, 0.5]) {
    await expect(executions.add([executionJob(), executionJob({ priority })])).rejects.toThrow('priority');
  }
  expect(await dispatch.queues.get(EXECUTIONS_QUEUE).getJobCountByTypes('prioritized', 'waiting')).toBe(0);
});

test('the runtimes that were planned for are listed, sorted', async () => {
  const runtimes = new RuntimeRegistry(dispatch.shards);
  expect(await runtimes.list()).toEqual([]);
  await dispatch.redis.sadd(dispatch.keys.runtimes, 'gantry/default', 'acme/gpu');
  expect(await runtimes.list()).toEqual(['acme/gpu', 'gantry/default']);
});

test('adding fails soon when there is no Redis, instead of waiting for it', async () => {
  const server = await ownRedis();
  onTestFinished(() => server.stop());
  await server.kill();
  const redis = connectProducer(server.url, () => {});
  onTestFinished(() => redis.disconnect());
  const shards = new Shards([redis], dispatch.keys.prefix);
  await expect(new ExecutionQueue(shards).add([executionJob()])).rejects.toThrow();
  await shards.close();
});
