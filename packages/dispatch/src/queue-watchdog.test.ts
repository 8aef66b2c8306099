import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { executionJob, freshDispatch } from '../test/fresh-dispatch.ts';
import { ExecutionQueue } from './execution-queue.ts';
import { JobWorker } from './job-worker.ts';
import { EXECUTIONS_QUEUE } from './queue-names.ts';
import { QueueWatchdog } from './queue-watchdog.ts';

let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
beforeAll(async () => {
  dispatch = await freshDispatch();
});
afterAll(() => dispatch.close());

const SECOND = 1_000;

/** A worker whose jobs end when `release` is called. */
function startWorker(concurrency: number) {
  const { redis, keys } = dispatch;
  let { promise: released, resolve: release } = Promise.withResolvers<void>();
  const worker = new JobWorker({
    ...{ redis, keys, concurrency },
    queue: EXECUTIONS_QUEUE,
    process: async () => {
      await released;
      return { kind: 'over' };
    },
    onError: () => {},
  });
  onTestFinished(async () => {
    release();
    await worker.close();
    await dispatch.queues.get(EXECUTIONS_QUEUE).obliterate({ force: true });
  });
  return {
    worker,
    release: () => {
      release();
      ({ promise: released, resolve: release } = Promise.withResolvers<void>());
    },
  };
}

const add = (count: number) =>
  new ExecutionQueue(dispatch.shards).add(Array.from({ length: count }, () => executionJob()));

test('a queue from which nothing is taken is complained about after a while, until something is', async () => {
  const { queues } = dispatch;
  const { worker, release } = startWorker(8);
  const watchdog = new QueueWatchdog(60 * SECOND);
  const look = (now: number) => watchdog.look(dispatch.shards, [worker.pickup], now);
  const queue = queues.get(EXECUTIONS_QUEUE);
  await queue.pause();
  await add(3);
  await look(0);
  await look(59 * SECOND);
  expect(watchdog.complaint(59 * SECOND)).toBeUndefined();
  await look(61 * SECOND);
  expect(watchdog.complaint(61 * SECOND)).toBe('3 wait in the queue executions and none was taken for 61 s');

  await queue.resume();
  await waitFor(() => worker.pickup.taken === 3);
  release();
  await look(62 * SECOND);
  expect(watchdog.complaint(62 * SECOND)).toBeUndefined();
  // It takes as long again the next time.
  await queue.pause();
  await add(1);
  await look(63 * SECOND);
  expect(watchdog.complaint(63 * SECOND)).toBeUndefined();
  expect(watchdog.complaint(123 * SECOND)).toContain('1 wait');
  watchdog.forget();
  expect(watchdog.complaint(123 * SECOND)).toBeUndefined();
  await queue.resume();
});

test('a worker that is busy, and one that is told to rest, are not complained about', async () => {
  const { worker } = startWorker(1);
  const watchdog = new QueueWatchdog(SECOND);
  await add(2);
  await waitFor(() => worker.pickup.taken === 1);
  for (const now of [0, 10 * SECOND]) await watchdog.look(dispatch.shards, [worker.pickup], now);
  expect(watchdog.complaint(10 * SECOND)).toBeUndefined();

  const resting = startWorker(8).worker;
  resting.pause(true);
  for (const now of [20 * SECOND, 30 * SECOND]) await watchdog.look(dispatch.shards, [resting.pickup], now);
  expect(watchdog.complaint(30 * SECOND)).toBeUndefined();
});

test('time during which Redis could not be asked does not count', async () => {
  const { queues } = dispatch;
  const { worker } = startWorker(8);
  const watchdog = new QueueWatchdog(60 * SECOND);
  await queues.get(EXECUTIONS_QUEUE).pause();
  await add(1);
  await watchdog.look(dispatch.shards, [worker.pickup], 0);
  const gone = { ...worker.pickup, queue: '' };
  await expect(watchdog.look(dispatch.shards, [worker.pickup, gone], 50 * SECOND)).rejects.toThrow();
  await watchdog.look(dispatch.shards, [worker.pickup], 70 * SECOND);
  expect(watchdog.complaint(70 * SECOND)).toBeUndefined();
  expect(watchdog.complaint(131 * SECOND)).toContain('1 wait');
  await queues.get(EXECUTIONS_QUEUE).resume();
});
