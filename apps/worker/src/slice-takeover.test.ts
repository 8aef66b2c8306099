import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FreshWorker, freshWorker } from '../test/fresh-worker.ts';
import { HeldSlices } from './held-slices.ts';
import { runSlice } from './run-slice.ts';

let worker: FreshWorker;
beforeAll(async () => {
  worker = await freshWorker();
});
afterAll(() => worker.close());

const OVER = { kind: 'over' };

/** The last `step-finished` of an execution. */
async function lastFinish(executionId: string) {
  return (await worker.facts(executionId)).findLast((fact) => fact.kind === 'step-finished');
}

describe('a slice that another worker took over', () => {
  test('goes on at the step not finished, and the first worker writes nothing more, whatever its step gives', async () => {
    const steps = [{ ref: 'gantry/echo' }, { ref: 'test/persists' }, { ref: 'gantry/echo' }];
    const job = await worker.open(steps);
    const [first, second] = [new HeldSlices(), new HeldSlices()];
    const paused = worker.run(job, { holder: first, workerId: 'paused' });
    await worker.isRunning(job.executionId);
    const resumed = worker.run(job, { holder: second, workerId: 'other' });
    await expect.poll(() => worker.story(job.executionId)).toContain('step-started 1.2');
    const before = await worker.story(job.executionId);

    first.stopExecution(job.executionId); // its module comes to its end
    expect(await paused).toEqual(OVER);
    const progress = 'step-progress 1.2';
    expect((await worker.story(job.executionId)).filter((what) => what !== progress)).toEqual(
      before.filter((what) => what !== progress),
    );

    second.handBack();
    expect(await resumed).toMatchObject({ kind: 'put-back' });
    const finished = (await worker.facts(job.executionId)).filter((fact) => fact.kind === 'step-finished');
    expect(finished.map(({ step, workerId }) => [step, workerId])).toEqual([[0, 'paused']]);
  });

  test('names to the record the output that the first worker kept and can no longer report', async () => {
    const job = await worker.open([{ ref: 'gantry/noop' }]);
    const { executionId } = job;
    const lease = { executionId, epoch: 1, slice: 0, token: 'first' };
    const output = { output: null, outputRef: 'content://acme/1', outputId: '1' };
    const attempt = async function* () {
      await worker.leases.start({ ...lease, token: 'second' }, 'second', Date.now());
      yield { kind: 'succeeded' as const, output, emitted: [], written: [], labels: [], at: Date.now() };
    };
    const { leases, slices, logger } = worker;
    const deps = { leases, slices, attempt, hasElsewhere: async () => false, workerId: 'first', logger };
    expect(await worker.held.hold(lease, 'job', (held) => runSlice(deps, job, held))).toEqual(OVER);
    expect((await worker.facts(executionId)).slice(2)).toMatchObject([
      { kind: 'output-abandoned', step: 0, outputRef: 'content://acme/1' },
    ]);
  });

  test('begins its step where the attempt before it was, in a new process and on another worker', async () => {
    const job = await worker.open([{ ref: 'test/pages' }, { ref: 'gantry/echo' }]);
    const paused = new HeldSlices();
    const running = worker.run(job, { holder: paused });
    await worker.isRunning(job.executionId);
    expect(await worker.permissionOf(job.executionId)).toMatchObject({ checkpoint: '{"page":2}', checkpointStep: '0' });

    expect(await worker.run(job, { workerId: 'other' })).toEqual(OVER);
    const finished = (await worker.facts(job.executionId)).filter((fact) => fact.kind === 'step-finished');
    expect(finished).toMatchObject([{ output: { page: 2 } }, { output: { previousOutput: { page: 2 } } }]);
    paused.stopExecution(job.executionId);
    expect(await running).toEqual(OVER);
  });

  test('is given up by a worker that learns of it', async () => {
    const job = await worker.open([{ ref: 'test/waits' }]);
    const running = worker.run(job);
    await worker.isRunning(job.executionId);
    worker.held.loseJobs([`${job.executionId}.1.0`]);
    expect(await running).toEqual(OVER);
    expect(await worker.story(job.executionId)).toEqual(['planned', 'step-started 0.1', 'step-progress 0.1']);
    expect(await worker.permissionOf(job.executionId)).toMatchObject({ leased: '1', lost: '1' });
  });

  test('and whose workers were lost again and again runs beside no other such slice, which waits', async () => {
    const [one, other] = [await worker.open([{ ref: 'test/waits' }]), await worker.open([{ ref: 'gantry/noop' }])];
    for (const { executionId } of [one, other])
      for (const token of ['first', 'second', 'third'])
        await worker.leases.start({ executionId, epoch: 1, slice: 0, token }, 'lost', Date.now());
    const running = worker.run(one);
    await worker.isRunning(one.executionId);
    expect(await worker.run(other)).toMatchObject({ kind: 'put-back' });
    expect(await worker.permissionOf(other.executionId)).toMatchObject({ leased: '0', lost: '3' });
    worker.held.stopExecution(one.executionId);
    await running;
    expect(await worker.run(other)).toEqual(OVER);
    expect(await lastFinish(other.executionId)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('more than ten times fails', async () => {
    const job = await worker.open([{ ref: 'gantry/noop' }]);
    const { executionId } = job;
    for (let lost = 0; lost < 11; lost += 1) {
      await worker.leases.start({ executionId, epoch: 1, slice: 0, token: `lost ${lost}` }, 'lost', Date.now());
    }
    expect(await worker.run(job)).toEqual(OVER);
    expect(await lastFinish(executionId)).toMatchObject({ status: 'FAILED', error: { errorType: 'WORKER_LOST' } });
  });
});
