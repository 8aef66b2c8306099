import { randomUUID } from 'node:crypto';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { executionJob, freshDispatch, sliceJob } from '../test/fresh-dispatch.ts';
import { ExecutionQueue } from './execution-queue.ts';
import { JobPresence } from './job-presence.ts';
import { JobWorker, type TakenJob } from './job-worker.ts';
import { EXECUTIONS_QUEUE, runtimeQueueName } from './queue-names.ts';
import { SliceQueue } from './slice-queue.ts';

let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
let presence: JobPresence;
beforeAll(async () => {
  dispatch = await freshDispatch();
  presence = new JobPresence(dispatch.shards);
});
beforeEach(() => dispatch.redis.flushdb());
afterAll(() => dispatch.close());

const DEFAULT = 'gantry/default';

test('a slice is absent, then waiting, then held while a worker has it, then absent though it is kept', async () => {
  const { executionId, epoch, slice } = sliceJob();
  const look = () => presence.sliceJob(DEFAULT, executionId, epoch, slice);
  expect(await look()).toBe('absent');
  await new SliceQueue(dispatch.shards).add([sliceJob({ executionId })]);
  expect(await look()).toBe('waiting');
  expect(await presence.sliceJob(DEFAULT, executionId, epoch + 1, slice)).toBe('absent');
  expect(await presence.sliceJob('acme/gpu', executionId, epoch, slice)).toBe('absent');

  const seen: string[] = [];
  await workOne(runtimeQueueName(DEFAULT), async () => seen.push(await look()));
  expect(seen).toEqual(['held']);
  expect(await look()).toBe('absent');
  expect(await dispatch.queues.get(runtimeQueueName(DEFAULT)).getCompletedCount()).toBe(1);
});

test('a slice whose worker was lost is waiting, before anybody has looked for stalled jobs too', async () => {
  const { executionId, epoch, slice } = sliceJob();
  await new SliceQueue(dispatch.shards).add([sliceJob({ executionId })]);
  const queue = dispatch.queues.get(runtimeQueueName(DEFAULT));
  await workOne(runtimeQueueName(DEFAULT), async ({ id }) => {
    await dispatch.redis.del(`${queue.toKey(id)}:lock`); // as its expiry does
    expect(await presence.sliceJob(DEFAULT, executionId, epoch, slice)).toBe('waiting');
  });
});

test('an execution job is present until it is finished, and one that is kept can be removed to add it again', async () => {
  const job = executionJob();
  const executions = new ExecutionQueue(dispatch.shards);
  const look = () => presence.executionJob(job.executionId, 1, null);
  expect(await look()).toBe(false);
  await executions.add([job]);
  expect(await look()).toBe(true);
  const seen: boolean[] = [];
  await workOne(EXECUTIONS_QUEUE, async () => seen.push(await look()));
  expect(seen).toEqual([true]);
  expect(await look()).toBe(false);

  await executions.add([job]); // kept for Bull Board: nothing happens
  expect(await look()).toBe(false);
  await presence.removeExecutionJob(job.executionId, 1);
  await presence.removeExecutionJob(job.executionId, 1);
  await executions.add([job]);
  expect(await look()).toBe(true);
});

test('a job that its queue has lost is absent, and makes room for another with its id', async () => {
  const { redis, queues, shards } = dispatch;
  const { executionId, epoch, slice } = sliceJob();
  await new SliceQueue(shards).add([sliceJob({ executionId })]);
  await new ExecutionQueue(shards).add([executionJob({ executionId })]);
  for (const name of [EXECUTIONS_QUEUE, runtimeQueueName(DEFAULT)])
    await redis.del(queues.get(name).toKey('prioritized'));
  const look = async () => [
    await presence.sliceJob(DEFAULT, executionId, epoch, slice),
    await presence.executionJob(executionId, 1, null),
  ];
  expect(await look()).toEqual(['absent', false]);

  await presence.removeExecutionJob(executionId, 1);
  await presence.removeSliceJob(DEFAULT, executionId, epoch, slice);
  await new SliceQueue(shards).add([sliceJob({ executionId })]);
  await new ExecutionQueue(shards).add([executionJob({ executionId })]);
  expect(await look()).toEqual(['waiting', true]);
});

test('a job that is put back is waiting until it is due', async () => {
  const { executionId, epoch, slice } = sliceJob();
  await new SliceQueue(dispatch.shards).add([sliceJob({ executionId })]);
  const name = runtimeQueueName(DEFAULT);
  const worker = new JobWorker({
    ...{ redis: dispatch.redis, keys: dispatch.keys, queue: name, concurrency: 1, onError: () => {} },
    process: async () => ({ kind: 'put-back', at: Date.now() + 60_000 }),
  });
  await waitFor(async () => (await dispatch.queues.get(name).getDelayedCount()) === 1);
  await worker.close();
  expect(await presence.sliceJob(DEFAULT, executionId, epoch, slice)).toBe('waiting');
});

test('an execution that was put back by a clock that was far ahead is absent', async () => {
  const { redis, queues } = dispatch;
  const { executionId } = executionJob();
  const look = async (dueAt: number) => {
    const key = queues.get(EXECUTIONS_QUEUE).toKey('delayed');
    await redis.hset(queues.get(EXECUTIONS_QUEUE).toKey(`${executionId}.1`), 'timestamp', '1');
    await redis.zadd(key, String(dueAt * 0x1000), `${executionId}.1`);
    return presence.executionJob(executionId, 1, null);
  };
  expect(await look(Date.now() + 5_000)).toBe(true);
  expect(await look(Date.now() + 40 * 86_400_000)).toBe(false);
});

test('something else in the place of a job is no job, and makes room for one', async () => {
  const { executionId } = executionJob();
  await dispatch.redis.set(dispatch.queues.get(EXECUTIONS_QUEUE).toKey(`${executionId}.1`), 'x');
  expect(await presence.executionJob(executionId, 1, null)).toBe(false);
  await presence.removeExecutionJob(executionId, 1);
  await new ExecutionQueue(dispatch.shards).add([executionJob({ executionId })]);
  expect(await presence.executionJob(executionId, 1, null)).toBe(true);
});

test('executions of one batch wait in one job, and are present until it is finished', async () => {
  const queueBatch = randomUUID();
  const [first, second] = [executionJob({ queueBatch }), executionJob({ queueBatch })];
  await new ExecutionQueue(dispatch.shards).add([first, second]);
  const look = (epoch = 1) =>
    Promise.all([first, second].map(({ executionId }) => presence.executionJob(executionId, epoch, queueBatch)));
  expect(await look()).toEqual([true, true]);
  expect(await look(2)).toEqual([false, false]); // a later planning has a job of its own
  await workOne(EXECUTIONS_QUEUE, async ({ data }) => expect(data).toEqual({ executions: [first, second] }));
  expect(await look()).toEqual([false, false]);
});

/** Takes one job and completes it. */
async function workOne(queue: string, look: (job: TakenJob) => Promise<unknown>): Promise<void> {
  const done = Promise.withResolvers<void>();
  const worker = new JobWorker({
    ...{ redis: dispatch.redis, keys: dispatch.keys, queue, concurrency: 1, onError: done.reject },
    process: async (job) => {
      await look(job).then(() => done.resolve(), done.reject);
      return { kind: 'over' };
    },
  });
  await done.promise.finally(() => worker.close());
}
