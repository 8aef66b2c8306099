import { randomUUID } from 'node:crypto';
import type { FactOf } from '@gantry/domain/fact';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDispatch, NOW, openedFields } from '../test/fresh-dispatch.ts';
import { type Lease, SliceLeases } from './slice-lease.ts';

let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
let leases: SliceLeases;
beforeAll(async () => {
  dispatch = await freshDispatch();
  leases = new SliceLeases(dispatch.shards);
});
afterAll(() => dispatch.close());

const HELD = { leased: '1', lease: 'mine', attempt: '1', lost: '1', step: '1', stepAttempt: '2', stepFailures: '1' };
const held = (different: Record<string, string> = {}) =>
  openedFields({ ...HELD, stepCrashes: '1', output: '"before"', outputRef: '', outputId: 'before', ...different });

async function given(fields?: Record<string, string>): Promise<Lease> {
  const executionId = randomUUID();
  if (fields) await dispatch.seed(executionId, fields);
  await dispatch.redis.del(dispatch.keys.journal);
  return { executionId, epoch: 1, slice: 0, token: 'mine' };
}

async function after({ executionId }: Lease) {
  return { fields: (await dispatch.stateOf(executionId)).fields, journal: await dispatch.journal() };
}

const about = ({ executionId, epoch, slice }: Lease) => ({
  ...{ executionId, epoch, slice, attempt: 1, seq: 2, step: 1, stepAttempt: 2, at: NOW },
});
const error = { errorType: 'MODULE_FAILED', message: 'no' };
const stopped = ({ executionId, epoch }: Lease) => ({ kind: 'stopped', executionId, epoch, at: NOW });

function finished(lease: Lease, nextStep: number | null): FactOf<'step-finished'> {
  const output = { output: { total: 1 }, outputRef: null, outputId: 'now' };
  return {
    ...{ kind: 'step-finished', ...about(lease), workerId: 'worker-1', status: 'SUCCEEDED', ...output },
    ...{ error: null, emitted: [], nextStep },
  };
}

const retrying = (lease: Lease): FactOf<'step-retrying'> => ({
  ...{ kind: 'step-retrying', ...about(lease), error, retryAt: NOW },
});
const progressed = (lease: Lease): FactOf<'step-progress'> => ({
  ...{ kind: 'step-progress', ...about(lease), progress: 1, progressMax: 4 },
});

const INPUT = { output: { total: 1 }, outputRef: null, outputId: 'now' };
const OUTPUT = { output: '{"total":1}', outputRef: '', outputId: 'now' };
const FRESH_STEP = { stepFailures: '0', stepCrashes: '0' };

describe('a finished step', () => {
  test('is reported and the checkpoint moves behind it, all in one', async () => {
    const lease = await given(held());
    const fact = finished(lease, 2);
    expect(await leases.finishSteps(lease, [fact], { kind: 'step', step: 2 }, INPUT)).toBe('ok');
    expect(await after(lease)).toEqual({
      fields: held({ ...FRESH_STEP, ...OUTPUT, step: '2', stepAttempt: '1' }),
      journal: [fact],
    });
  });

  test('and those before it are reported in order, in one entry', async () => {
    const lease = await given(held());
    const facts = [finished(lease, 2), { ...finished(lease, 3), seq: 3, step: 2 }];
    expect(await leases.finishSteps(lease, facts, { kind: 'step', step: 3 }, INPUT)).toBe('ok');
    expect((await after(lease)).journal).toEqual(facts);
    expect(await dispatch.redis.xlen(dispatch.keys.journal)).toBe(1);
  });

  test('that ends its slice makes the next slice due, with no lease and all counts at nought', async () => {
    const lease = await given(held());
    const fact = finished(lease, null);
    const next = { kind: 'slice', step: 2, runtime: 'acme/gpu' } as const;
    expect(await leases.finishSteps(lease, [fact], next, INPUT)).toBe('ok');
    const due = { slice: '1', runtime: 'acme/gpu', leased: '0', lease: '', attempt: '0', lost: '0' };
    expect(await after(lease)).toEqual({
      fields: held({ ...FRESH_STEP, ...OUTPUT, ...due, step: '2', stepAttempt: '0' }),
      journal: [fact],
    });
  });

  test('that ends the execution leaves only that it is done', async () => {
    const lease = await given(held());
    const fact = finished(lease, null);
    expect(await leases.finishSteps(lease, [fact], { kind: 'end' }, INPUT)).toBe('ok');
    expect(await after(lease)).toEqual({
      fields: { epoch: '1', open: '0', leased: '0', done: '1' },
      journal: [fact],
    });
  });

  test('after the execution was closed is reported, and the stop with it', async () => {
    for (const next of [{ kind: 'step', step: 2 }, { kind: 'end' }] as const) {
      const lease = await given(held({ open: '0' }));
      const fact = finished(lease, 2);
      expect(await leases.finishSteps(lease, [fact], next, INPUT)).toBe('stopped');
      expect(await after(lease)).toEqual({
        fields: held({ open: '0', leased: '0', lease: '' }),
        journal: [fact, stopped(lease)],
      });
    }
  });
});

describe('a failed attempt', () => {
  test('that is followed by one in the same slot keeps the lease', async () => {
    const lease = await given(held());
    const fact = retrying(lease);
    expect(await leases.retryStep(lease, fact, { keep: true, crashed: false })).toBe('ok');
    expect(await after(lease)).toEqual({ fields: held({ stepAttempt: '3', stepFailures: '2' }), journal: [fact] });
  });

  test('that is followed by a wait gives the lease up, which is no lost worker', async () => {
    const lease = await given(held());
    const fact = retrying(lease);
    expect(await leases.retryStep(lease, fact, { keep: false, crashed: false })).toBe('ok');
    const released = { leased: '0', lease: '', lost: '0' };
    expect(await after(lease)).toEqual({ fields: held({ ...released, stepFailures: '2' }), journal: [fact] });
  });

  test('that took its thread down is counted for the next lease too', async () => {
    const lease = await given(held());
    expect(await leases.retryStep(lease, retrying(lease), { keep: false, crashed: true })).toBe('ok');
    expect(await leases.start(lease, 'worker-1', NOW)).toMatchObject({ stepFailures: 2, stepCrashes: 2 });
  });

  test('after the execution was closed is the last one', async () => {
    for (const keep of [true, false]) {
      const lease = await given(held({ open: '0' }));
      const fact = retrying(lease);
      expect(await leases.retryStep(lease, fact, { keep, crashed: false })).toBe('stopped');
      expect(await after(lease)).toEqual({
        fields: held({ open: '0', leased: '0', lease: '', stepFailures: '2' }),
        journal: [fact, stopped(lease)],
      });
    }
  });
});

test('progress is reported and changes nothing else', async () => {
  const lease = await given(held());
  expect(await leases.report(lease, progressed(lease))).toBe('ok');
  expect(await after(lease)).toEqual({ fields: held(), journal: [progressed(lease)] });
});

describe('nothing is written by', () => {
  const strangers: [string, Record<string, string> | undefined, Partial<Lease>][] = [
    ['a lease that was given to another worker', held({ lease: 'theirs' }), {}],
    ['a lease that was given up', held({ leased: '0', lease: '' }), {}],
    ['a lease of an older planning', held({ epoch: '2' }), {}],
    ['a lease of a newer planning', held(), { epoch: 2 }],
    ['a lease of an execution that is done', { epoch: '1', open: '0', leased: '0', done: '1' }, {}],
    ['a lease without a permission', undefined, {}],
  ];
  test.each(strangers)('%s', async (_who, fields, different) => {
    const lease = { ...(await given(fields)), ...different };
    const next = { kind: 'step', step: 2 } as const;
    expect(await leases.finishSteps(lease, [finished(lease, 2)], next, INPUT)).toBe('lost');
    expect(await leases.retryStep(lease, retrying(lease), { keep: true, crashed: false })).toBe('lost');
    expect(await leases.retryStep(lease, retrying(lease), { keep: false, crashed: true })).toBe('lost');
    expect(await leases.report(lease, progressed(lease))).toBe('lost');
    expect(await leases.release(lease, NOW)).toBe('lost');
    expect(await after(lease)).toEqual({ fields: fields ?? {}, journal: [] });
  });
});
