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
  presence = new JobPresence(dispatch.redis, dispatch.queues);
});
beforeEach(() => dispatch.redis.flushdb());
afterAll(() => dispatch.close());

const DEFAULT = 'gantry/default';

test('a slice is absent, then waiting, then held while a worker has it, then absent though it is kept', async () => {
  const { executionId, epoch, slice } = sliceJob();
  const look = () => presence.sliceJob(DEFAULT, executionId, epoch, slice);
  expect(await look()).toBe('absent');
  await new SliceQueue(dispatch.queues).add([sliceJob({ executionId })]);
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
  await new SliceQueue(dispatch.queues).add([sliceJob({ executionId })]);
  const queue = dispatch.queues.get(runtimeQueueName(DEFAULT));
  await workOne(runtimeQueueName(DEFAULT), async ({ id }) => {
    await dispatch.redis.del(`${queue.toKey(id)}:lock`); // as its expiry does
    expect(await presence.sliceJob(DEFAULT, executionId, epoch, slice)).toBe('waiting');
  });
});

test('an execution job is present until it is finished, and one that is kept can be removed to add it again', async () => {
  const job = executionJob();
  const executions = new ExecutionQueue(dispatch.queues);
  const look = () => presence.executionJob(job.executionId, 1);
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
