import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDispatch, NOW, openedFields } from '../test/fresh-dispatch.ts';
import { type Lease, SliceLeases } from './slice-lease.ts';

let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
let leases: SliceLeases;
beforeAll(async () => {
  dispatch = await freshDispatch();
  leases = new SliceLeases(dispatch.shards);
});
afterAll(() => dispatch.close());

/** Puts a permission there and empties the journal. @returns a lease of its slice 0 that nobody has been given yet */
async function given(fields?: Record<string, string>): Promise<Lease> {
  const executionId = randomUUID();
  if (fields) await dispatch.seed(executionId, fields);
  await dispatch.redis.del(dispatch.keys.journal);
  return { executionId, epoch: 1, slice: 0, token: 'mine' };
}

async function after({ executionId }: Lease) {
  return { fields: (await dispatch.stateOf(executionId)).fields, journal: await dispatch.journal() };
}

const stopped = ({ executionId, epoch }: Lease) => ({ kind: 'stopped', executionId, epoch, at: NOW });

test('the first lease of a slice starts its first step, and leaves it to the worker to tell', async () => {
  const lease = await given(openedFields());
  expect(await leases.start(lease, 'worker-1', NOW)).toEqual({
    ...{ kind: 'started', attempt: 1, lost: 0, step: 0, stepAttempt: 1, stepFailures: 0, stepCrashes: 0, input: null },
    checkpoint: null,
  });
  expect(await after(lease)).toEqual({
    fields: openedFields({ leased: '1', lease: 'mine', attempt: '1', lost: '1', stepAttempt: '1' }),
    journal: [],
  });
});

test('a lease over one that ended without a report goes on at the checkpoint and counts the lost worker', async () => {
  const checkpoint = { step: '3', stepAttempt: '2', stepFailures: '1', stepCrashes: '1' };
  const output = { output: '{"a":[1]}', outputRef: '', outputId: 'id-of-output' };
  const counted = { attempt: '2', lost: '1', leased: '1', lease: 'theirs' };
  const lease = await given(openedFields({ ...counted, ...checkpoint, ...output }));
  expect(await leases.start(lease, 'worker-2', NOW)).toEqual({
    ...{ kind: 'started', attempt: 3, lost: 1, step: 3, stepAttempt: 3, stepFailures: 1, stepCrashes: 1 },
    input: { output: { a: [1] }, outputRef: null, outputId: 'id-of-output' },
    checkpoint: null,
  });
  const { fields, journal } = await after(lease);
  expect(fields).toEqual(
    openedFields({ ...checkpoint, ...output, attempt: '3', lost: '2', leased: '1', lease: 'mine', stepAttempt: '3' }),
  );
  expect(journal).toEqual([
    {
      ...{ kind: 'step-started', executionId: lease.executionId, epoch: 1, at: NOW, slice: 0, attempt: 3, seq: 0 },
      ...{ step: 3, stepAttempt: 3, workerId: 'worker-2' },
    },
  ]);
});

test('how far a step came is for its next attempt, and gone with the step', async () => {
  const lost = await given(openedFields());
  await leases.start(lost, 'worker-1', NOW);
  expect(await leases.keepCheckpoint(lost, 0, { page: 39 })).toBe('ok');
  expect(await leases.keepCheckpoint(lost, 0, { page: 40 })).toBe('ok');
  const lease = { ...lost, token: 'another' };
  expect(await leases.start(lease, 'worker-2', NOW)).toMatchObject({ step: 0, checkpoint: { page: 40 } });
  expect(await leases.keepCheckpoint(lost, 0, { page: 41 })).toBe('lost');
  // A worker of an earlier version leaves it behind.
  await dispatch.redis.hset(dispatch.keys.execution(lost.executionId), { step: '1' });
  expect(await leases.start(lease, 'worker-2', NOW)).toMatchObject({ step: 1, checkpoint: null });
  await leases.keepCheckpoint(lease, 1, 'done');
  const about = {
    executionId: lease.executionId,
    epoch: 1,
    at: NOW,
    slice: 0,
    attempt: 1,
    seq: 1,
    step: 1,
    stepAttempt: 1,
  };
  const gave = {
    status: 'SUCCEEDED' as const,
    output: null,
    outputRef: null,
    outputId: null,
    error: null,
    emitted: [],
  };
  await leases.finishSteps(
    lease,
    [{ kind: 'step-finished', ...about, ...gave, workerId: 'worker-2', nextStep: 2 }],
    { kind: 'step', step: 2 },
    { output: null, outputRef: null, outputId: null },
  );
  expect(Object.keys((await after(lease)).fields)).not.toContain('checkpoint');
});

test('an input by reference comes back as one', async () => {
  const lease = await given(openedFields({ step: '1', output: 'null', outputRef: 'content://o/1', outputId: 'x' }));
  expect(await leases.start(lease, 'worker-1', NOW)).toMatchObject({
    input: { output: null, outputRef: 'content://o/1', outputId: 'x' },
  });
});

test('without a permission, and with one of another planning, there is no lease and nothing is written', async () => {
  for (const fields of [undefined, openedFields({ epoch: '2' }), openedFields({ epoch: '0', open: '0' })]) {
    const lease = await given(fields);
    expect(await leases.start(lease, 'worker-1', NOW)).toEqual({ kind: 'gone' });
    expect(await after(lease)).toEqual({ fields: fields ?? {}, journal: [] });
  }
});

test('a slice that is over is advanced, one that is not due yet has no job', async () => {
  const later = openedFields({ slice: '1', runtime: 'acme/gpu' });
  const lease = await given(later);
  expect(await leases.start(lease, 'worker-1', NOW)).toEqual({ kind: 'advanced' });
  expect(await leases.start({ ...lease, slice: 2 }, 'worker-1', NOW)).toEqual({ kind: 'gone' });
  expect(await after(lease)).toEqual({ fields: later, journal: [] });
});

test('a closed slice is not started; whoever takes it over from a lost worker reports the stop, once', async () => {
  const unleased = openedFields({ open: '0' });
  const lease = await given(unleased);
  expect(await leases.start(lease, 'worker-1', NOW)).toEqual({ kind: 'closed' });
  expect(await after(lease)).toEqual({ fields: unleased, journal: [] });

  const orphan = await given(openedFields({ open: '0', leased: '1', lease: 'theirs' }));
  expect(await leases.start(orphan, 'worker-1', NOW)).toEqual({ kind: 'closed' });
  expect(await leases.start(orphan, 'worker-1', NOW)).toEqual({ kind: 'closed' });
  expect(await after(orphan)).toEqual({ fields: openedFields({ open: '0', lease: '' }), journal: [stopped(orphan)] });
});

test('a slice that is handed back does not count as a lost worker', async () => {
  const held = openedFields({ leased: '1', lease: 'mine', attempt: '1', lost: '1', stepAttempt: '1' });
  const lease = await given(held);
  expect(await leases.release(lease, NOW)).toBe('ok');
  expect(await after(lease)).toEqual({ fields: { ...held, leased: '0', lease: '', lost: '0' }, journal: [] });
});

test('handing back what was closed meanwhile reports the stop', async () => {
  const lease = await given(openedFields({ open: '0', leased: '1', lease: 'mine', lost: '1' }));
  expect(await leases.release(lease, NOW)).toBe('stopped');
  expect(await after(lease)).toEqual({ fields: openedFields({ open: '0', lease: '' }), journal: [stopped(lease)] });
});

test('only the open ones among executions are not closed', async () => {
  const [open, closed, none] = await Promise.all([given(openedFields()), given(openedFields({ open: '0' })), given()]);
  const ids = [open, closed, none].map(({ executionId }) => executionId);
  expect(await leases.closedAmong(ids)).toEqual(ids.slice(1));
  expect(await leases.closedAmong([])).toEqual([]);
});
