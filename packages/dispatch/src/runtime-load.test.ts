import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { freshDispatch, sliceJob } from '../test/fresh-dispatch.ts';
import { JobWorker, type JobWorkerOptions } from './job-worker.ts';
import { runtimeQueueName, sliceJobId } from './queue-names.ts';
import { RuntimeLoads } from './runtime-load.ts';
import { SliceQueue } from './slice-queue.ts';

let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
let loads: RuntimeLoads;
beforeAll(async () => {
  dispatch = await freshDispatch();
  loads = new RuntimeLoads(dispatch.shards);
});
beforeEach(() => dispatch.redis.flushdb());
afterAll(() => dispatch.close());

const DEFAULT = 'gantry/default';
const IDLE = { waiting: 0, delayed: 0, active: 0, workers: 0, oldestAt: null };

/** Puts a slice into the queue as if that had been at this instant. */
async function enqueue(priority: number, at: number): Promise<void> {
  const job = sliceJob({ priority });
  await new SliceQueue(dispatch.shards).add([job]);
  const queue = dispatch.queues.get(runtimeQueueName(DEFAULT));
  await dispatch.redis.hset(queue.toKey(sliceJobId(job.executionId, job.epoch, job.slice)), 'timestamp', at);
}

function startWorker(process: JobWorkerOptions['process'], options: Partial<JobWorkerOptions> = {}): JobWorker {
  const redis = dispatch.connect();
  const worker = new JobWorker({
    ...{ redis, keys: dispatch.keys, queue: runtimeQueueName(DEFAULT), process, concurrency: 1, onError: () => {} },
    ...options,
  });
  onTestFinished(async () => {
    await worker.close();
    redis.disconnect();
  });
  return worker;
}

test('a runtime of which nobody has heard is idle', async () => {
  expect(await loads.read([DEFAULT, 'acme/gpu'])).toEqual([
    { runtime: DEFAULT, ...IDLE },
    { runtime: 'acme/gpu', ...IDLE },
  ]);
});

test('the oldest is the oldest of all priorities, wherever it stands in the queue', async () => {
  const oldestAt = async () => (await loads.read([DEFAULT]))[0]?.oldestAt;
  await enqueue(5, 5_000);
  await enqueue(5, 6_000);
  expect(await oldestAt()).toBe(5_000);
  await enqueue(1_000, 4_000);
  expect(await oldestAt()).toBe(4_000);
  await enqueue(0, 3_000);
  expect(await oldestAt()).toBe(3_000);
  expect(await loads.read([DEFAULT])).toEqual([{ ...IDLE, runtime: DEFAULT, waiting: 4, oldestAt: 3_000 }]);
});

test('what workers run is active, what is put back is delayed, and each worker counts for its own runtime', async () => {
  const { promise: release, resolve } = Promise.withResolvers<void>();
  const two = [startWorker, startWorker].map((start) =>
    start(async () => {
      await release;
      return { kind: 'put-back', at: Date.now() + 60_000 };
    }),
  );
  for (const at of [1_000, 2_000, 3_000]) await enqueue(5, at);
  await waitFor(async () => (await loads.read([DEFAULT]))[0]?.active === 2);
  expect(await loads.read([DEFAULT, 'acme/gpu'])).toEqual([
    { runtime: DEFAULT, waiting: 1, delayed: 0, active: 2, workers: 2, oldestAt: 3_000 },
    { runtime: 'acme/gpu', ...IDLE },
  ]);
  resolve();
  await waitFor(async () => (await loads.read([DEFAULT]))[0]?.delayed === 3);
  expect(await loads.read([DEFAULT])).toMatchObject([{ waiting: 0, delayed: 3, active: 0, oldestAt: null }]);
  await two[0]?.close();
  await waitFor(async () => (await loads.read([DEFAULT]))[0]?.workers === 1);
});
