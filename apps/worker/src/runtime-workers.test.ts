import type { SliceJob } from '@gantry/contracts/execution-job';
import type { JobEnd } from '@gantry/dispatch/job-worker';
import { runtimeQueueName } from '@gantry/dispatch/queue-names';
import { ownRedis } from '@gantry/testkit/own-servers';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type FreshWorker, freshWorker } from '../test/fresh-worker.ts';
import { type HeldSlice, HeldSlices } from './held-slices.ts';
import { RuntimeWorkers } from './runtime-workers.ts';

let fixture: FreshWorker;
beforeAll(async () => {
  fixture = await freshWorker();
});
beforeEach(() => fixture.redis.flushdb());
afterAll(() => fixture.close());

const DEFAULT = 'gantry/default';
const OVER: JobEnd = { kind: 'over' };

interface Options {
  run?: (job: SliceJob, held: HeldSlice) => Promise<JobEnd>;
  concurrency?: number;
  stopGraceMs?: number;
  on?: FreshWorker;
}

/** Workers that run slices for real, unless told otherwise. */
function startWorkers({ run, concurrency = 3, stopGraceMs = 60_000, on = fixture }: Options = {}) {
  const held = new HeldSlices();
  const { shards, logger } = on;
  const workers = new RuntimeWorkers({
    ...{ shards, held, logger, concurrency, stopGraceMs },
    onLeasesLost: () => {},
    run: run ?? ((job, slice) => on.runHeld(job, slice)),
  });
  onTestFinished(() => workers.stop());
  workers.serve([DEFAULT]);
  return { workers, held };
}

async function enqueue(...jobs: SliceJob[]): Promise<void> {
  await fixture.slices.add(jobs);
}

const isDone = async (job: SliceJob) => (await fixture.permissionOf(job.executionId))['done'] === '1';

test('slices of every runtime served are run, also of one that is served later', async () => {
  const { workers } = startWorkers();
  const jobs = [
    await fixture.open([{ ref: 'gantry/echo' }]),
    await fixture.open([{ ref: 'gantry/echo' }, { ref: 'gantry/echo', runtime: 'acme/gpu' }, { ref: 'gantry/echo' }]),
  ];
  await enqueue(...jobs);
  await waitFor(async () => (await fixture.waiting('acme/gpu')).length === 1);
  workers.serve(['acme/gpu', DEFAULT]);
  await waitFor(async () => (await Promise.all(jobs.map(isDone))).every(Boolean));
});

test('no more slices run at once than allowed', async () => {
  let [running, most, over] = [0, 0, 0];
  const gate = Promise.withResolvers<void>();
  const run = async () => {
    running += 1;
    most = Math.max(most, running);
    if (running === 2) gate.resolve();
    await gate.promise;
    running -= 1;
    over += 1;
    return OVER;
  };
  const jobs = await Promise.all(Array.from({ length: 10 }, () => fixture.open([{ ref: 'gantry/noop' }])));
  await enqueue(...jobs);
  startWorkers({ run, concurrency: 2 });
  await waitFor(async () => over === 10);
  expect(most).toBe(2);
});

test('a stop lets what runs come to its end, and takes nothing more', async () => {
  const [running, waiting] = [
    await fixture.open([{ ref: 'gantry/noop' }]),
    await fixture.open([{ ref: 'gantry/noop' }]),
  ];
  const [taken, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const run = async () => {
    taken.resolve();
    await gate.promise;
    return OVER;
  };
  const { workers, held } = startWorkers({ run, concurrency: 1 });
  await enqueue(running, waiting);
  await taken.promise;
  const stopping = workers.stop();
  expect(held.size).toBe(1);
  gate.resolve();
  await stopping;
  expect(workers.stop()).toBe(workers.stop());
  expect(await fixture.waiting(DEFAULT)).toEqual([waiting]);
  workers.serve(['acme/gpu']);
  workers.pause('paused');
  workers.pause(null);
  expect(await fixture.waiting(DEFAULT)).toEqual([waiting]);
});

test('what does not end within the grace is handed back, and another worker runs it', async () => {
  const job = await fixture.open([{ ref: 'gantry/echo' }, { ref: 'test/waits' }]);
  const { workers } = startWorkers({ stopGraceMs: 10 });
  await enqueue(job);
  await fixture.isRunning(job.executionId);
  await workers.stop();
  expect(await fixture.permissionOf(job.executionId)).toMatchObject({ open: '1', step: '1', leased: '0', lost: '0' });
  startWorkers({ stopGraceMs: 10 });
  await waitFor(async () => (await fixture.story(job.executionId)).includes('step-started 1.2'));
});

test('a pause takes no more slices until it is over; a runtime served meanwhile waits as well', async () => {
  const jobs = [await fixture.open([{ ref: 'gantry/noop' }]), await fixture.open([{ ref: 'gantry/noop' }])];
  const gpu = await fixture.open([{ ref: 'gantry/noop', runtime: 'acme/gpu' }]);
  await enqueue(...jobs, gpu);
  const gates: (() => void)[] = [];
  const run = () => new Promise<JobEnd>((resolve) => gates.push(() => resolve(OVER)));
  const { workers } = startWorkers({ run, concurrency: 1 });
  await waitFor(() => gates.length === 1);
  workers.pause('paused');
  workers.pause('paused');
  workers.serve(['acme/gpu']);
  gates[0]?.();
  await waitFor(async () => (await fixture.queues.get(runtimeQueueName(DEFAULT)).getCompletedCount()) === 1);
  expect(gates).toHaveLength(1);
  workers.pause(null);
  await waitFor(() => gates.length === 3);
  for (const open of gates) open();
});

test('a slice whose lease is gone is stopped and reports nothing', async () => {
  const job = await fixture.open([{ ref: 'test/waits' }]);
  const { held } = startWorkers();
  await enqueue(job);
  await fixture.isRunning(job.executionId);
  await fixture.redis.flushdb();
  await waitFor(() => held.size === 0);
  expect(await fixture.story(job.executionId)).toEqual([]);
});

test('a slice that could not be reported is taken again', async () => {
  const job = await fixture.open([{ ref: 'gantry/noop' }]);
  let times = 0;
  const run = async (slice: SliceJob, held: HeldSlice) => {
    times += 1;
    if (times === 1) throw new Error('OOM command not allowed');
    return fixture.runHeld(slice, held);
  };
  startWorkers({ run });
  await enqueue(job);
  await waitFor(() => isDone(job));
  expect(times).toBe(2);
});

test('a paused runtime takes no slices, the others do', async () => {
  const { workers } = startWorkers();
  workers.serve(['acme/gpu']);
  workers.pause(null, ['acme/gpu']);
  const [held, other] = [
    await fixture.open([{ ref: 'gantry/noop', runtime: 'acme/gpu' }]),
    await fixture.open([{ ref: 'gantry/noop' }]),
  ];
  await fixture.slices.add([held, other]);
  await waitFor(() => isDone(other));
  expect(await isDone(held)).toBe(false);
  workers.pause(null);
  await waitFor(() => isDone(held));
});

test('what a worker was waiting for when it was paused is not run, but put back until the pause is over', async () => {
  const [before, during] = [await fixture.open([{ ref: 'gantry/noop' }]), await fixture.open([{ ref: 'gantry/noop' }])];
  const { workers } = startWorkers();
  await enqueue(before);
  const queue = fixture.queues.get(runtimeQueueName(DEFAULT));
  await waitFor(async () => (await queue.getCompletedCount()) === 1);
  await waitFor(async () => /cmd=bzpopmin/.test(String(await fixture.redis.client('LIST'))));
  workers.pause('paused');
  await enqueue(during);
  await waitFor(async () => (await queue.getJobCountByTypes('delayed', 'prioritized')) === 1);
  expect(await isDone(during)).toBe(false);
  workers.pause(null);
  await waitFor(() => isDone(during));
});

test('a slice of a newer version is put back for a worker that knows it', async () => {
  const { queues, redis, keys } = fixture;
  const queue = runtimeQueueName(DEFAULT);
  const newer = { ...(await fixture.open([{ ref: 'gantry/echo' }])), shape: 2 };
  const opened = await fixture.open([{ ref: 'gantry/echo' }]);
  await redis.hset(keys.execution(opened.executionId), 'shape', 2);
  await queues.add(queue, [
    { id: 'a.1', name: 'slice', priority: 1, data: newer },
    { id: 'b.1', name: 'slice', priority: 1, data: opened },
  ]);
  startWorkers();
  await waitFor(async () => (await queues.get(queue).getJobCountByTypes('delayed')) === 2);
  expect(await redis.hmget(keys.execution(opened.executionId), 'leased', 'lost')).toEqual(['0', '0']);
});

test('what is no slice job is dropped', async () => {
  const [broken, job] = [await fixture.open([{ ref: 'gantry/noop' }]), await fixture.open([{ ref: 'gantry/noop' }])];
  startWorkers();
  await enqueue({ ...broken, epoch: 0 }, job);
  await waitFor(() => isDone(job));
  const queue = fixture.queues.get(runtimeQueueName(DEFAULT));
  await waitFor(async () => (await queue.getJobCountByTypes('prioritized', 'active')) === 0);
  expect(await fixture.story(broken.executionId)).toEqual(['planned']);
});

test('a step that ends while Redis is away is reported once it is back', async () => {
  const server = await ownRedis();
  onTestFinished(() => server.stop());
  const own = await freshWorker({ url: server.url, prefix: '{own}', cleanup: async () => {} });
  onTestFinished(own.close);
  const job = await own.open([{ ref: 'test/persists' }, { ref: 'gantry/noop' }]);
  const { workers, held } = startWorkers({ on: own });
  await own.slices.add([job]);
  await own.isRunning(job.executionId);
  await own.brake.apply([{ executionId: job.executionId, epoch: 1 }]);
  await server.kill();
  held.stopExecution(job.executionId);
  await server.restart();
  await waitFor(async () => (await own.story(job.executionId)).includes('stopped'));
  expect(await own.story(job.executionId)).toContain('step-finished 0.1 CANCELLED');
  await workers.stop();
});
