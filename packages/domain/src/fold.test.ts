import { describe, expect, test } from 'vitest';
import type { ExecutionState } from './execution-state.ts';
import type { Fact, FactOf } from './fact.ts';
import { fold } from './fold.ts';
import type { ExecutionStatus } from './status.ts';
import { born, told } from './test/random-life.ts';

const executionId = '0198c0de-0000-7000-8000-000000000001';
const FLAKY = { errorType: 'FLAKY', message: 'it broke' };

type Said<Kind extends Fact['kind']> = Partial<FactOf<Kind>>;
const about = (at: number) => ({ executionId, epoch: 1, at });
const bySlice = (at: number) => ({ ...about(at), slice: 0, attempt: 1, seq: 0, step: 0, stepAttempt: 1 });

const planned = (at: number, ...counts: number[]): Fact => ({
  kind: 'planned',
  ...about(at),
  slices: counts.map((stepCount, slice) => ({
    runtime: `r${slice}`,
    firstStep: counts.slice(0, slice).reduce((a, b) => a + b, 0),
    stepCount,
  })),
});
const unplannable = (at: number, more: Said<'unplannable'> = {}): Fact => ({
  kind: 'unplannable',
  ...about(at),
  error: FLAKY,
  ...more,
});
const started = (at: number, more: Said<'step-started'> = {}): Fact => ({
  kind: 'step-started',
  ...bySlice(at),
  workerId: 'w1',
  ...more,
});
const retrying = (at: number, more: Said<'step-retrying'> = {}): Fact => ({
  kind: 'step-retrying',
  ...bySlice(at),
  error: FLAKY,
  retryAt: at,
  ...more,
});
const progress = (at: number, more: Said<'step-progress'> = {}): Fact => ({
  kind: 'step-progress',
  ...bySlice(at),
  progress: 3,
  progressMax: 10,
  ...more,
});
const finished = (at: number, more: Said<'step-finished'> = {}): Fact => ({
  kind: 'step-finished',
  ...bySlice(at),
  seq: 1,
  workerId: 'w1',
  status: 'SUCCEEDED',
  output: `output at ${at}`,
  outputRef: null,
  outputId: null,
  error: null,
  emitted: [],
  nextStep: null,
  ...more,
});
const stopped = (at: number, epoch = 1): Fact => ({ kind: 'stopped', ...about(at), epoch });

const statusesOf = ({ status, steps }: ExecutionState) => [status, ...steps.map((step) => step.status)];

describe('a life without trouble', () => {
  const facts = [
    planned(10, 2, 1),
    started(20),
    progress(25, { seq: 1 }),
    finished(30, { seq: 2, nextStep: 1 }),
    finished(40, { seq: 3, step: 1, outputRef: 'blob', output: null, outputId: 'o1' }),
    started(50, { slice: 1, step: 2, workerId: 'w2' }),
    finished(60, { slice: 1, step: 2, workerId: 'w2', status: 'SKIPPED', output: null }),
  ];

  test('in one batch it goes from PENDING to SUCCEEDED', () => {
    expect(fold(born(3), facts)).toEqual({
      status: 'SUCCEEDED',
      stopReason: null,
      epoch: 1,
      startedAt: 20,
      finishedAt: 60,
      exceptionDetails: null,
      slices: [
        {
          ...{ runtime: 'r0', firstStep: 0, stepCount: 2, attempt: 1, seq: 3, workerId: 'w1' },
          ...{ queuedAt: 10, leasedAt: 20, startedAt: 20, finishedAt: 40 },
        },
        {
          ...{ runtime: 'r1', firstStep: 2, stepCount: 1, attempt: 1, seq: 1, workerId: 'w2' },
          ...{ queuedAt: 10, leasedAt: 50, startedAt: 50, finishedAt: 60 },
        },
      ],
      steps: [
        {
          ...{ status: 'SUCCEEDED', attempt: 1, startedAt: 20, finishedAt: 30, progress: 3, progressMax: 10 },
          ...{
            output: 'output at 30',
            outputRef: null,
            outputId: null,
            written: [],
            labels: [],
            exceptionDetails: null,
          },
          ...{ attemptStartedAt: 20, workerId: 'w1', earlierAttempts: [] },
        },
        {
          ...{ status: 'SUCCEEDED', attempt: 1, startedAt: 30, finishedAt: 40, progress: null, progressMax: null },
          ...{ output: null, outputRef: 'blob', outputId: 'o1', written: [], labels: [], exceptionDetails: null },
          ...{ attemptStartedAt: 30, workerId: 'w1', earlierAttempts: [] },
        },
        {
          ...{ status: 'SKIPPED', attempt: 1, startedAt: 50, finishedAt: 60, progress: null, progressMax: null },
          ...{ output: null, outputRef: null, outputId: null, written: [], labels: [], exceptionDetails: null },
          ...{ attemptStartedAt: 50, workerId: 'w2', earlierAttempts: [] },
        },
      ],
    });
  });

  test('a start that only its end tells of is the start all the same', () => {
    const told = fold(born(1), [planned(10, 1), started(20), finished(30)]);
    expect(fold(born(1), [planned(10, 1), finished(30, { startedAt: 20 })])).toEqual(told);
  });

  test('on the way it is RUNNING, and the steps tell how far it is', () => {
    const path = facts.map((_, index) => statusesOf(fold(born(3), facts.slice(0, index + 1))));
    expect(path).toEqual([
      ['RUNNING', 'PENDING', 'PENDING', 'PENDING'],
      ['RUNNING', 'RUNNING', 'PENDING', 'PENDING'],
      ['RUNNING', 'RUNNING', 'PENDING', 'PENDING'],
      ['RUNNING', 'SUCCEEDED', 'RUNNING', 'PENDING'],
      ['RUNNING', 'SUCCEEDED', 'SUCCEEDED', 'PENDING'],
      ['RUNNING', 'SUCCEEDED', 'SUCCEEDED', 'RUNNING'],
      ['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'SKIPPED'],
    ]);
  });
});

test('a pipeline without steps succeeds by being planned', () => {
  expect(fold(born(0), [planned(10)])).toMatchObject({ status: 'SUCCEEDED', startedAt: 10, finishedAt: 10 });
});

test('no facts, no change', () => {
  const state = born(1);
  expect(fold(state, [])).toBe(state);
});

test('what a step logs and says changes nothing, and keeps nothing from being folded', () => {
  const state = fold(born(1), [planned(10, 1), started(20)]);
  const logged: Fact = { kind: 'step-logged', ...bySlice(30), seq: 5, entries: [] };
  const said: Fact = { kind: 'step-said', ...bySlice(40), seq: 6, messages: [] };
  expect(fold(state, [logged, said])).toBe(state);
  expect(fold(fold(state, [logged, said]), [progress(25, { seq: 1 })]).steps[0]).toMatchObject({ progress: 3 });
});

describe('failure', () => {
  test('of a step ends the execution with its reason, and skips the rest', () => {
    const state = fold(born(2), [planned(10, 2), started(20), finished(30, { status: 'FAILED', error: FLAKY })]);
    expect(statusesOf(state)).toEqual(['FAILED', 'FAILED', 'SKIPPED']);
    expect(state).toMatchObject({ finishedAt: 30, exceptionDetails: FLAKY });
  });

  test('to plan ends it before any step', () => {
    const state = fold(born(2), [unplannable(10)]);
    expect(statusesOf(state)).toEqual(['FAILED', 'SKIPPED', 'SKIPPED']);
    expect(state).toMatchObject({ startedAt: null, finishedAt: 10, exceptionDetails: FLAKY });
  });

  test('to plan it again ends it too; no step is left running', () => {
    const state = fold(born(2), [planned(10, 2), started(20), unplannable(30, { epoch: 2 })]);
    expect(statusesOf(state)).toEqual(['FAILED', 'SKIPPED', 'SKIPPED']);
  });

  test('to plan an epoch that was planned is no news', () => {
    const state = fold(born(1), [planned(10, 1)]);
    expect(fold(state, [unplannable(20)])).toBe(state);
  });
});

describe('another attempt', () => {
  test('of a step shows the last error while it runs, and none once it succeeded', () => {
    const running = fold(born(1), [planned(10, 1), started(20), retrying(30, { seq: 1 })]);
    expect(running.steps).toMatchObject([{ status: 'RUNNING', attempt: 2, startedAt: 20, exceptionDetails: FLAKY }]);
    const done = fold(running, [finished(40, { seq: 2, stepAttempt: 2 })]);
    expect(done.steps).toMatchObject([{ status: 'SUCCEEDED', attempt: 2, startedAt: 20, exceptionDetails: null }]);
  });

  test.each([
    ['in the same lease', retrying(40, { seq: 2 })],
    ['by another worker', started(40, { attempt: 2, stepAttempt: 2, workerId: 'w2' })],
  ])('%s begins its progress anew', (_where, again) => {
    const state = fold(born(1), [planned(10, 1), started(20), progress(30, { seq: 1 })]);
    expect(state.steps).toMatchObject([{ progress: 3, progressMax: 10 }]);
    expect(fold(state, [again]).steps).toMatchObject([
      { attempt: 2, startedAt: 20, progress: null, progressMax: null },
    ]);
  });

  test('of a lost slice goes on where it was; what the lost worker says later changes nothing', () => {
    const state = fold(born(2), [
      planned(10, 2),
      started(20),
      finished(30, { nextStep: 1 }),
      started(40, { attempt: 2, step: 1, workerId: 'w2' }),
    ]);
    expect(state.slices).toMatchObject([{ attempt: 2, seq: 0, workerId: 'w2', startedAt: 20 }]);
    expect(statusesOf(state)).toEqual(['RUNNING', 'SUCCEEDED', 'RUNNING']);
    expect(fold(state, [finished(50, { seq: 9, step: 1, status: 'FAILED', error: FLAKY })])).toBe(state);
  });
});

describe('planned again', () => {
  const first = [planned(10, 3), started(20), finished(30, { nextStep: 1 })];
  const again: Fact = {
    kind: 'planned',
    ...about(50),
    epoch: 2,
    slices: [{ runtime: 'r', firstStep: 1, stepCount: 2 }],
  };

  test('it keeps what is done and its start, and begins the other steps anew', () => {
    const state = fold(born(3), [...first, again]);
    expect(statusesOf(state)).toEqual(['RUNNING', 'SUCCEEDED', 'PENDING', 'PENDING']);
    expect(state).toMatchObject({ epoch: 2, startedAt: 20, slices: [{ firstStep: 1, attempt: 0, queuedAt: 50 }] });
    expect(state.steps[1]).toMatchObject({ attempt: 0, startedAt: null });
  });

  test('facts of the planning before it change nothing', () => {
    const state = fold(born(3), [...first, again]);
    expect(fold(state, [finished(60, { seq: 9, step: 1 }), planned(61, 3), unplannable(62)])).toBe(state);
  });

  test('facts of a planning that is not known yet change nothing either', () => {
    const state = fold(born(3), first);
    expect(fold(state, [started(60, { epoch: 2, step: 1 })])).toBe(state);
  });
});

test.each<[string, Fact]>([
  ['a slice', started(20, { slice: 7 })],
  ['a step', started(20, { step: 7 })],
])('a fact about %s that is not there changes nothing', (_what, fact) => {
  const state = fold(born(1), [planned(10, 1)]);
  expect(fold(state, [fact])).toBe(state);
});

test('a next step that is not there is left out', () => {
  const state = fold(born(1), [planned(10, 1), finished(20, { nextStep: 7 })]);
  expect(statusesOf(state)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
});

describe('cancel', () => {
  const running = fold(born(2), [planned(10, 2), started(20)]);
  const cancelling = told(running, 'CANCELLING');

  test('waits until it is known that nothing runs', () => {
    expect(statusesOf(fold(cancelling, [progress(30, { seq: 1 })]))).toEqual(['CANCELLING', 'RUNNING', 'PENDING']);
    const state = fold(cancelling, [stopped(40)]);
    expect(statusesOf(state)).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED']);
    expect(state).toMatchObject({ finishedAt: 40, exceptionDetails: null });
  });

  test('a success that came too late is CANCELLED; its steps tell the truth', () => {
    const state = fold(cancelling, [finished(30, { nextStep: 1 }), finished(40, { seq: 2, step: 1 })]);
    expect(statusesOf(state)).toEqual(['CANCELLED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(state.finishedAt).toBe(40);
  });

  test('a failure that came too late is CANCELLED too', () => {
    const state = fold(cancelling, [finished(30, { status: 'FAILED', error: FLAKY })]);
    expect(statusesOf(state)).toEqual(['CANCELLED', 'FAILED', 'CANCELLED']);
    expect(state.exceptionDetails).toBeNull();
  });

  test('a step that was told to stop waits for the fact that it did', () => {
    const told = fold(cancelling, [finished(30, { status: 'CANCELLED', error: FLAKY })]);
    expect(statusesOf(told)).toEqual(['CANCELLING', 'CANCELLED', 'PENDING']);
    expect(statusesOf(fold(told, [stopped(31)]))).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED']);
  });

  test('before it was planned, and with a planning still under way', () => {
    const waiting = told(born(1), 'CANCELLING');
    expect(statusesOf(fold(waiting, [stopped(20, 0)]))).toEqual(['CANCELLED', 'CANCELLED']);
    expect(statusesOf(fold(waiting, [planned(10, 1)]))).toEqual(['CANCELLING', 'PENDING']);
    expect(fold(waiting, [unplannable(10)])).toBe(waiting);
  });

  test('what was stopped of an earlier planning says nothing of the present one', () => {
    const again = told(fold(running, [{ kind: 'planned', ...about(30), epoch: 2, slices: [] }]), 'CANCELLING');
    expect(fold(again, [stopped(40, 1)])).toBe(again);
    expect(fold(again, [stopped(40, 2)]).status).toBe('CANCELLED');
  });

  test('nothing of it in Redis at all: it is stopped, after whatever its last worker said', () => {
    const state = fold(cancelling, [stopped(40, 0), finished(30, { nextStep: 1 })]);
    expect(statusesOf(state)).toEqual(['CANCELLED', 'SUCCEEDED', 'CANCELLED']);
  });

  test('the first of two who say so counts', () => {
    expect(fold(cancelling, [stopped(41), stopped(40)]).finishedAt).toBe(40);
  });
});

describe('deadline', () => {
  const late = told(fold(born(2), [planned(10, 2), started(20)]), 'TIMEOUT');

  test('it stays RUNNING until it has stopped, then it is FAILED', () => {
    expect(fold(late, [progress(30, { seq: 1 })]).status).toBe('RUNNING');
    const state = fold(late, [stopped(40)]);
    expect(statusesOf(state)).toEqual(['FAILED', 'CANCELLED', 'CANCELLED']);
    expect(state).toMatchObject({ finishedAt: 40, exceptionDetails: { errorType: 'EXECUTION_TIMEOUT' } });
  });

  test('a success that came too late is FAILED; its steps tell the truth', () => {
    const state = fold(late, [finished(30, { nextStep: 1 }), finished(40, { seq: 2, step: 1 })]);
    expect(statusesOf(state)).toEqual(['FAILED', 'SUCCEEDED', 'SUCCEEDED']);
  });

  test('a cancel in between wins', () => {
    expect(fold(told(late, 'CANCELLING'), [stopped(40)]).status).toBe('CANCELLED');
  });
});

test('stopped means nothing to an execution that was not told to stop', () => {
  const state = fold(born(1), [planned(10, 1)]);
  expect(fold(state, [stopped(20)])).toBe(state);
});

test.each<ExecutionStatus>([
  'SUCCEEDED',
  'FAILED',
  'SKIPPED',
  'CANCELLED',
  'PENDING_REPROCESSING',
  'REPROCESSED',
  'REQUESTED',
])('%s takes no facts', (status) => {
  const state: ExecutionState = { ...born(1), status };
  expect(fold(state, [planned(10, 1), started(20), finished(30), stopped(40, 0)])).toBe(state);
});
