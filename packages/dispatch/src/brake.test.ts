import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { executionJob, freshDispatch, openedFields, sliceJob } from '../test/fresh-dispatch.ts';
import { Brake } from './brake.ts';
import { listenForClosed } from './closed-listener.ts';
import { ExecutionQueue } from './execution-queue.ts';
import { EXECUTIONS_QUEUE, runtimeQueueName } from './queue-names.ts';
import { SliceQueue } from './slice-queue.ts';

let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
let brake: Brake;
beforeAll(async () => {
  dispatch = await freshDispatch();
  brake = new Brake(dispatch.shards);
});
beforeEach(() => dispatch.redis.flushdb());
afterAll(() => dispatch.close());

const stopped = (executionId: string, epoch: number) => ({
  ...{ kind: 'stopped', executionId, epoch, at: expect.any(Number) },
});

async function waiting() {
  const counts = [EXECUTIONS_QUEUE, runtimeQueueName('gantry/default')].map((name) =>
    dispatch.queues.get(name).getJobCountByTypes('waiting', 'prioritized', 'delayed'),
  );
  return Promise.all(counts);
}

test('an execution that waits for the planner loses its job, is remembered as closed, and has stopped', async () => {
  const job = executionJob();
  const { executionId } = job;
  await new ExecutionQueue(dispatch.shards).add([job, executionJob()]);
  await brake.apply([{ executionId, epoch: 0 }]);
  expect(await waiting()).toEqual([1, 0]);
  const { fields, ttlMs } = await dispatch.stateOf(executionId);
  expect(fields).toEqual({ epoch: '0', open: '0', leased: '0' });
  expect(ttlMs).toBeGreaterThan(3_590_000);
  expect(await dispatch.journal()).toEqual([stopped(executionId, 0)]);
});

test('a slice that waits for a worker loses its job and has stopped', async () => {
  const job = sliceJob({ epoch: 2 });
  const { executionId } = job;
  await new SliceQueue(dispatch.shards).add([job, sliceJob()]);
  await dispatch.seed(executionId, openedFields({ epoch: '2' }));
  await brake.apply([{ executionId, epoch: 2 }]);
  expect(await waiting()).toEqual([0, 1]);
  expect(await dispatch.stateOf(executionId)).toEqual({ fields: openedFields({ epoch: '2', open: '0' }), ttlMs: -1 });
  expect(await dispatch.journal()).toEqual([stopped(executionId, 2)]);
});

test('workers are told of a slice that is leased; its job stays for whoever takes it over, and it has not stopped', async () => {
  const subscriber = dispatch.connect();
  onTestFinished(() => subscriber.disconnect());
  const heard = Promise.withResolvers<string>();
  await listenForClosed(subscriber, dispatch.keys, heard.resolve);
  const job = sliceJob();
  const { executionId } = job;
  await new SliceQueue(dispatch.shards).add([job]);
  const leased = openedFields({ leased: '1', lease: 'token', attempt: '1', lost: '1' });
  await dispatch.seed(executionId, leased);
  await brake.apply([{ executionId, epoch: 1 }]);
  expect(await heard.promise).toBe(executionId);
  expect(await waiting()).toEqual([0, 1]);
  expect(await dispatch.stateOf(executionId)).toEqual({ fields: { ...leased, open: '0' }, ttlMs: -1 });
  expect(await dispatch.journal()).toEqual([]);
});

test('of one that is done nothing is reported: its last outcome says more', async () => {
  const executionId = randomUUID();
  const done = { epoch: '1', open: '0', leased: '0', done: '1' };
  await dispatch.seed(executionId, done);
  await brake.apply([{ executionId, epoch: 1 }]);
  expect(await dispatch.stateOf(executionId)).toEqual({ fields: done, ttlMs: -1 });
  expect(await dispatch.journal()).toEqual([]);
});

test('the brake can be applied again, also at the same time, and to many at once', async () => {
  const jobs = Array.from({ length: 100 }, () => executionJob());
  await new ExecutionQueue(dispatch.shards).add(jobs);
  const executions = jobs.map(({ executionId }) => ({ executionId, epoch: 0 }));
  await Promise.all([brake.apply(executions), brake.apply(executions)]);
  await brake.apply(executions);
  expect(await waiting()).toEqual([0, 0]);
  const reported = new Set((await dispatch.journal()).map((fact) => `${fact.kind} ${fact.executionId}`));
  expect(reported).toEqual(new Set(executions.map(({ executionId }) => `stopped ${executionId}`)));
});
