import { listenForClosed } from '@gantry/dispatch/closed-listener';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type FreshWorker, freshWorker } from '../test/fresh-worker.ts';
import { HeldSlices } from './held-slices.ts';

let worker: FreshWorker;
beforeAll(async () => {
  worker = await freshWorker();
});
afterAll(() => worker.close());

const OVER = { kind: 'over' };
const DONE = { epoch: '1', open: '0', leased: '0', done: '1' };

/** The last `step-finished` of an execution. */
async function lastFinish(executionId: string) {
  return (await worker.facts(executionId)).findLast((fact) => fact.kind === 'step-finished');
}

describe('a slice that succeeds', () => {
  test('reports each step once and passes each output on', async () => {
    const input = { output: { given: true }, outputRef: null, outputId: 'before' };
    const job = await worker.open(
      [{ ref: 'gantry/echo', options: { x: 1 } }, { ref: 'gantry/noop' }, { ref: 'gantry/echo' }],
      input,
    );
    const { executionId } = job;
    expect(await worker.run(job)).toEqual(OVER);
    const at = expect.any(Number);
    const about = { executionId, epoch: 1, at, slice: 0, attempt: 1, stepAttempt: 1, workerId: 'worker-1' };
    const finished = {
      kind: 'step-finished',
      ...about,
      status: 'SUCCEEDED',
      error: null,
      emitted: [],
      outputRef: null,
    };
    const echoed = { context: { a: 1 }, executionId, attempt: 1, epoch: 1 };
    expect((await worker.facts(executionId)).filter(({ kind }) => kind === 'step-finished')).toEqual([
      {
        ...{ ...finished, seq: 1, step: 0, nextStep: 1, outputId: expect.any(String) },
        output: expect.objectContaining({
          ...echoed,
          options: { x: 1 },
          previousOutput: { given: true },
          stepIndex: 0,
        }),
      },
      { ...finished, seq: 2, step: 1, nextStep: 2, output: null, outputId: expect.any(String) },
      {
        ...{ ...finished, seq: 3, step: 2, nextStep: null, outputId: expect.any(String) },
        output: expect.objectContaining({ ...echoed, options: {}, previousOutput: null, stepIndex: 2 }),
      },
    ]);
    expect(await worker.permissionOf(executionId)).toEqual(DONE);
  });

  test('keeps a large output in the content store and passes it on by reference', async () => {
    const job = await worker.open([{ ref: 'test/large' }, { ref: 'test/length' }]);
    expect(await worker.run(job)).toEqual(OVER);
    const [large, length] = (await worker.facts(job.executionId)).filter(({ kind }) => kind === 'step-finished');
    const outputRef = expect.stringMatching(/^content:\/\//);
    expect(large).toMatchObject({ kind: 'step-finished', output: null, outputRef });
    expect(length).toMatchObject({ kind: 'step-finished', output: 100_000, outputRef: null });
  });

  test('reports the events its modules emit', async () => {
    const job = await worker.open([{ ref: 'test/emits' }]);
    await worker.run(job);
    expect(await lastFinish(job.executionId)).toMatchObject({ emitted: [{ eventType: 'TASK_CREATED', taskId: 't' }] });
  });

  test('hands over to the runtime of the next slice, which goes on with its output', async () => {
    const steps = [{ ref: 'test/large' }, { ref: 'test/length', runtime: 'acme/gpu' }, { ref: 'gantry/echo' }];
    const job = await worker.open(steps);
    expect(await worker.run(job)).toEqual(OVER);
    expect(await worker.waiting('acme/gpu')).toEqual([{ ...job, slice: 1 }]);
    expect(await worker.permissionOf(job.executionId)).toMatchObject({ slice: '1', runtime: 'acme/gpu', leased: '0' });

    expect(await worker.run({ ...job, slice: 1 }, { workerId: 'worker-2' })).toEqual(OVER);
    expect(await worker.waiting('gantry/default')).toEqual([{ ...job, slice: 2 }]);
    expect(await worker.run({ ...job, slice: 2 })).toEqual(OVER);
    expect(await worker.story(job.executionId)).toEqual([
      ...['planned', 'step-started 0.1', 'step-finished 0.1 SUCCEEDED'],
      ...['step-started 1.1', 'step-finished 1.1 SUCCEEDED', 'step-started 2.1', 'step-finished 2.1 SUCCEEDED'],
    ]);
    expect(await lastFinish(job.executionId)).toMatchObject({ slice: 2, output: { previousOutput: 100_000 } });
    await worker.queues.get('runtime.acme.gpu').obliterate({ force: true });
    await worker.queues.get('runtime.gantry.default').obliterate({ force: true });
  });
});

describe('a step that fails', () => {
  test('ends the execution, and nothing after it runs', async () => {
    const job = await worker.open([{ ref: 'gantry/fail', options: { message: 'no' } }, { ref: 'gantry/noop' }]);
    expect(await worker.run(job)).toEqual(OVER);
    expect(await worker.story(job.executionId)).toEqual(['planned', 'step-started 0.1', 'step-finished 0.1 FAILED']);
    expect(await lastFinish(job.executionId)).toMatchObject({
      error: { errorType: 'FAILED_ON_PURPOSE', message: 'no' },
      ...{ nextStep: null, output: null, outputId: null },
    });
    expect(await worker.permissionOf(job.executionId)).toEqual(DONE);
  });

  test('is tried again in its slot as often as its policy says', async () => {
    const policy = { maxAttempts: 3, backoffStrategy: 'fixed', backoffBaseSeconds: 0.01 } as const;
    const job = await worker.open([{ ref: 'gantry/fail', options: { failTimes: 2 }, policy }, { ref: 'gantry/noop' }]);
    expect(await worker.run(job)).toEqual(OVER);
    expect(await worker.story(job.executionId)).toEqual([
      ...['planned', 'step-started 0.1', 'step-retrying 0.1', 'step-retrying 0.2'],
      ...['step-finished 0.3 SUCCEEDED', 'step-finished 1.1 SUCCEEDED'],
    ]);
  });

  test('is not tried more often than its policy says', async () => {
    const policy = { maxAttempts: 2 };
    const job = await worker.open([{ ref: 'gantry/fail', options: { failTimes: 2 }, policy }]);
    expect(await worker.run(job)).toEqual(OVER);
    expect(await worker.story(job.executionId)).toEqual([
      ...['planned', 'step-started 0.1', 'step-retrying 0.1', 'step-finished 0.2 FAILED'],
    ]);
  });

  test('waits longer outside of its slot, and its tries are counted on', async () => {
    const policy = { maxAttempts: 2, backoffStrategy: 'fixed', backoffBaseSeconds: 60 } as const;
    const job = await worker.open([{ ref: 'gantry/fail', policy }]);
    const before = Date.now();
    const end = await worker.run(job);
    expect(end).toEqual({ kind: 'put-back', at: expect.any(Number) });
    expect(end.kind === 'put-back' && end.at - before).toBeGreaterThanOrEqual(60_000);
    expect(await worker.permissionOf(job.executionId)).toMatchObject({ leased: '0', lost: '0' });
    expect(await worker.run(job)).toEqual(OVER);
    expect(await worker.story(job.executionId)).toEqual([
      ...['planned', 'step-started 0.1', 'step-retrying 0.1', 'step-started 0.2', 'step-finished 0.2 FAILED'],
    ]);
  });

  test('is skipped if its policy says so; the next step works on what it was given', async () => {
    const steps = [{ ref: 'gantry/fail', policy: { onExhausted: 'skip' } } as const, { ref: 'gantry/echo' }];
    const job = await worker.open(steps, { output: 'given', outputRef: null, outputId: 'x' });
    expect(await worker.run(job)).toEqual(OVER);
    expect(await worker.story(job.executionId)).toEqual([
      ...['planned', 'step-started 0.1', 'step-finished 0.1 SKIPPED', 'step-finished 1.1 SUCCEEDED'],
    ]);
    expect(await lastFinish(job.executionId)).toMatchObject({ output: { previousOutput: 'given' } });
  });

  test('by taking longer than it may', async () => {
    const job = await worker.open([{ ref: 'gantry/sleep', options: { ms: 60_000 }, policy: { timeoutSeconds: 0.05 } }]);
    expect(await worker.run(job)).toEqual(OVER);
    expect(await lastFinish(job.executionId)).toMatchObject({ status: 'FAILED', error: { errorType: 'STEP_TIMEOUT' } });
  });

  test('because there is no such module on this worker, or it cannot run this kind', async () => {
    const missing = await worker.open([{ ref: 'test/missing' }]);
    await worker.run(missing);
    expect(await lastFinish(missing.executionId)).toMatchObject({ error: { errorType: 'MODULE_NOT_FOUND' } });

    const job = await worker.open([{ ref: 'gantry/noop' }]);
    const [step] = job.steps;
    if (step) step.module.metadata.kind = 'script';
    await worker.run(job);
    expect(await lastFinish(job.executionId)).toMatchObject({ error: { errorType: 'MODULE_KIND_UNAVAILABLE' } });
  });

  test('because no other worker has it either: one that is reported is waited for, without an attempt being counted', async () => {
    const job = await worker.open([{ ref: 'test/rare' }]);
    const other = { workerId: 'other', startedAt: 1, runtimes: ['*'], modules: ['test/rare'], definitions: [] };
    await worker.registry.announce(other);
    expect(await worker.run(job)).toMatchObject({ kind: 'put-back' });
    expect(await worker.run(job)).toMatchObject({ kind: 'put-back' });
    expect(await worker.permissionOf(job.executionId)).toMatchObject({ leased: '0', lost: '0' });
    const said = (await worker.facts(job.executionId)).find(({ kind }) => kind === 'step-said');
    expect(said).toMatchObject({ messages: [{ type: 'WAITING', title: 'waiting for a worker that has test/rare' }] });

    await worker.registry.withdraw('other');
    expect(await worker.run(job)).toEqual(OVER);
    expect(await lastFinish(job.executionId)).toMatchObject({ error: { errorType: 'MODULE_NOT_FOUND' } });
  });

  test('because its input is gone from the content store', async () => {
    const outputRef = 'content://0193a1b2-0000-7000-8000-000000000001/0193a1b2-0000-7000-8000-000000000002';
    const job = await worker.open([{ ref: 'gantry/noop' }], { output: null, outputRef, outputId: 'x' });
    await worker.run(job);
    expect(await lastFinish(job.executionId)).toMatchObject({ error: { errorType: 'CONTENT_NOT_FOUND' } });
  });
});

describe('a step that takes its process down', () => {
  test('once is tried again whatever its policy says', async () => {
    const job = await worker.open([{ ref: 'test/crashes', options: { times: 1 } }]);
    expect(await worker.run(job)).toEqual(OVER);
    expect(await worker.story(job.executionId)).toEqual([
      ...['planned', 'step-started 0.1', 'step-retrying 0.1', 'step-finished 0.2 SUCCEEDED'],
    ]);
  });

  test('twice fails, however often it may be tried, and others run on', async () => {
    const job = await worker.open([{ ref: 'test/crashes', policy: { maxAttempts: 9 } }]);
    expect(await worker.run(job)).toEqual(OVER);
    // One crash more where another step had run before: it is not counted.
    const retries = (await worker.story(job.executionId)).filter((fact) => fact.startsWith('step-retrying'));
    expect(retries.length).toBeLessThanOrEqual(2);
    expect(await lastFinish(job.executionId)).toMatchObject({ error: { errorType: 'MODULE_CRASHED' } });
    const other = await worker.open([{ ref: 'gantry/noop' }]);
    await worker.run(other);
    expect(await lastFinish(other.executionId)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('twice fails also when it waited outside of its slot in between', async () => {
    const policy = { maxAttempts: 9, backoffStrategy: 'fixed', backoffBaseSeconds: 60 } as const;
    const job = await worker.open([{ ref: 'test/crashes', policy }]);
    expect(await worker.run(job)).toMatchObject({ kind: 'put-back' });
    // The first crash is only counted if nothing else had run there before.
    const second = await worker.run(job);
    if (second.kind === 'put-back') expect(await worker.run(job)).toEqual(OVER);
    expect(await lastFinish(job.executionId)).toMatchObject({ status: 'FAILED' });
  });
});

describe('a slice that is closed while a step runs', () => {
  const CANCELLED = ['planned', 'step-started 0.1', 'step-progress 0.1', 'step-finished 0.1 CANCELLED', 'stopped'];

  test('stops it at the push, reports the step and the stop, and goes no further', async () => {
    const subscriber = worker.connect();
    onTestFinished(() => subscriber.disconnect());
    await listenForClosed(subscriber, worker.keys, (executionId) => worker.held.stopExecution(executionId));
    const job = await worker.open([{ ref: 'test/waits' }, { ref: 'gantry/noop' }]);
    const running = worker.run(job);
    await worker.isRunning(job.executionId);
    await worker.brake.apply([{ executionId: job.executionId, epoch: 1 }]);
    expect(await running).toEqual(OVER);
    expect(await worker.story(job.executionId)).toEqual(CANCELLED);
    expect(await worker.permissionOf(job.executionId)).toMatchObject({ open: '0', leased: '0' });
  });

  test('stops it at the flag when the push was lost', async () => {
    const job = await worker.open([{ ref: 'test/waits' }]);
    const running = worker.run(job);
    await worker.isRunning(job.executionId);
    await worker.held.checkFlags(worker.leases);
    await worker.brake.apply([{ executionId: job.executionId, epoch: 1 }]);
    await worker.held.checkFlags(worker.leases);
    expect(await running).toEqual(OVER);
    expect(await worker.story(job.executionId)).toEqual(CANCELLED);
  });

  test('stops it at the flag while the key of another one is broken', async () => {
    const [broken, job] = [await worker.open([{ ref: 'test/waits' }]), await worker.open([{ ref: 'test/waits' }])];
    const [other, running] = [worker.run(broken), worker.run(job)];
    await Promise.all([worker.isRunning(broken.executionId), worker.isRunning(job.executionId)]);
    await worker.spoil(broken.executionId);
    await worker.brake.apply([{ executionId: job.executionId, epoch: 1 }]);
    await worker.held.checkFlags(worker.leases);
    expect(await running).toEqual(OVER);
    worker.held.stopExecution(broken.executionId);
    await other.catch(() => {});
  });

  test('reports a step as cancelled that came to its end after it was told to stop', async () => {
    const job = await worker.open([{ ref: 'test/persists' }, { ref: 'gantry/noop' }]);
    const running = worker.run(job);
    await worker.isRunning(job.executionId);
    await worker.brake.apply([{ executionId: job.executionId, epoch: 1 }]);
    await worker.held.checkFlags(worker.leases);
    expect(await running).toEqual(OVER);
    const story = await worker.story(job.executionId);
    expect(story.slice(3)).toEqual(['step-finished 0.1 CANCELLED', 'stopped']);
  });

  test('is not tried again', async () => {
    const policy = { maxAttempts: 5, backoffStrategy: 'fixed', backoffBaseSeconds: 5 } as const;
    const job = await worker.open([{ ref: 'gantry/fail', policy }]);
    const running = worker.run(job);
    await expect.poll(() => worker.story(job.executionId)).toContain('step-retrying 0.1');
    await worker.brake.apply([{ executionId: job.executionId, epoch: 1 }]);
    await worker.held.checkFlags(worker.leases);
    expect(await running).toEqual(OVER);
    const story = await worker.story(job.executionId);
    expect(story.slice(3)).toEqual(['step-finished 0.2 CANCELLED', 'stopped']);
  });

  test('before it starts runs nothing', async () => {
    const job = await worker.open([{ ref: 'gantry/noop' }]);
    await worker.brake.apply([{ executionId: job.executionId, epoch: 1 }]);
    expect(await worker.run(job)).toEqual(OVER);
    expect(await worker.story(job.executionId)).toEqual(['planned', 'stopped']);
  });
});

test('a slice that is handed back is put back, loses nothing of its steps, and is no lost worker', async () => {
  const job = await worker.open([{ ref: 'gantry/echo' }, { ref: 'test/waits' }]);
  const holder = new HeldSlices();
  const running = worker.run(job, { holder });
  await worker.isRunning(job.executionId);
  holder.handBack();
  expect(await running).toMatchObject({ kind: 'put-back' });
  expect(await worker.permissionOf(job.executionId)).toMatchObject({
    ...{ step: '1', leased: '0', lost: '0', attempt: '1', stepFailures: '0' },
  });
  expect(await worker.story(job.executionId)).toEqual([
    ...['planned', 'step-started 0.1', 'step-finished 0.1 SUCCEEDED', 'step-progress 1.1'],
  ]);
});

test('a slice that ended before its worker could enqueue the next one enqueues it now', async () => {
  const job = await worker.open([{ ref: 'gantry/noop' }, { ref: 'gantry/noop', runtime: 'acme/late' }]);
  await worker.run(job);
  await worker.queues.get('runtime.acme.late').obliterate({ force: true });
  expect(await worker.run(job)).toEqual(OVER);
  expect(await worker.waiting('acme/late')).toEqual([{ ...job, slice: 1 }]);
});

test('a job without permission, of an older planning, or of what is done is dropped', async () => {
  const job = await worker.open([{ ref: 'gantry/noop' }]);
  const { executionId } = job;
  expect(await worker.run({ ...job, epoch: 2 })).toEqual(OVER);
  expect(await worker.run({ ...job, executionId: '0193a1b2-0000-7000-8000-000000000009' })).toEqual(OVER);
  await worker.run(job);
  const story = await worker.story(executionId);
  expect(await worker.run(job)).toEqual(OVER);
  expect(await worker.story(executionId)).toEqual(story);
});
