import { expect, test } from 'vitest';
import { attemptsOf } from './attempt-history.ts';
import { exception, moduleException } from './exception-details.ts';
import type { ExecutionState } from './execution-state.ts';
import type { Fact } from './fact.ts';
import { fold } from './fold.ts';
import { born, told } from './test/random-life.ts';

const executionId = '0198c0de-0000-7000-8000-000000000001';
const timeout = exception('STEP_TIMEOUT', 'The step ran longer than 5 ms');
const crash = exception('MODULE_CRASHED', 'exited');
const flaky = moduleException('FLAKY', 'it broke');

const planned = (epoch = 1): Fact => ({
  kind: 'planned',
  ...{ executionId, epoch, at: epoch * 1_000 },
  slices: [{ runtime: 'r', firstStep: 0, stepCount: 1 }],
});
const about = (at: number, attempt: number, stepAttempt: number, epoch = 1) => ({
  ...{ executionId, epoch, at, slice: 0, attempt, seq: at, step: 0, stepAttempt },
});
const started = (at: number, attempt: number, stepAttempt: number, epoch = 1): Fact => ({
  ...{ kind: 'step-started', ...about(at, attempt, stepAttempt, epoch), workerId: `w${attempt}` },
});
const retrying = (at: number, attempt: number, stepAttempt: number, error = flaky): Fact => ({
  ...{ kind: 'step-retrying', ...about(at, attempt, stepAttempt), error, retryAt: at + 5 },
});
const finished = (at: number, attempt: number, stepAttempt: number, epoch = 1, error = flaky): Fact => ({
  ...{ kind: 'step-finished', ...about(at, attempt, stepAttempt, epoch), workerId: `w${attempt}`, status: 'FAILED' },
  ...{ output: null, outputRef: null, outputId: null, error, emitted: [], nextStep: null },
});

function history(facts: readonly Fact[], state: ExecutionState = born(1)) {
  const [step] = fold(state, facts).steps;
  return step ? attemptsOf(step) : [];
}

test('a step that was not tried has no attempts, one that runs has the present one', () => {
  expect(history([planned()])).toEqual([]);
  expect(history([planned(), started(1_010, 1, 1)])).toEqual([
    { number: 1, workerId: 'w1', startedAt: 1_010, finishedAt: null, outcome: 'RUNNING', error: null },
  ]);
});

test('attempts that failed, timed out, crashed and were lost are told with their workers and times', () => {
  const facts = [
    ...[planned(), started(1_010, 1, 1), retrying(1_020, 1, 1, timeout), retrying(1_040, 1, 2, crash)],
    // Put back, taken by another worker, which is lost.
    ...[started(1_050, 2, 3), started(1_060, 3, 4), finished(1_070, 3, 4)],
  ];
  expect(history(facts)).toEqual([
    { number: 1, workerId: 'w1', startedAt: 1_010, finishedAt: 1_020, outcome: 'TIMED_OUT', error: timeout },
    { number: 2, workerId: 'w1', startedAt: 1_025, finishedAt: 1_040, outcome: 'CRASHED', error: crash },
    { number: 3, workerId: 'w2', startedAt: 1_050, finishedAt: null, outcome: 'LOST', error: null },
    { number: 4, workerId: 'w3', startedAt: 1_060, finishedAt: 1_070, outcome: 'FAILED', error: flaky },
  ]);
});

test('planning again loses the attempt that ran, and its numbers go on', () => {
  expect(history([planned(), started(1_010, 1, 1), planned(2), started(2_010, 1, 1, 2)])).toMatchObject([
    { number: 1, outcome: 'LOST' },
    { number: 2, outcome: 'RUNNING', startedAt: 2_010 },
  ]);
});

test('what ran when its execution was stopped is aborted', () => {
  const running = fold(born(1), [planned(), started(1_010, 1, 1)]);
  const stopped: Fact = { kind: 'stopped', executionId, epoch: 1, at: 1_030 };
  expect(history([stopped], told(running, 'CANCELLING'))).toMatchObject([{ outcome: 'ABORTED', finishedAt: null }]);
});

test('the newest twenty of a step are kept', () => {
  const retries = Array.from({ length: 30 }, (_, index) => retrying(2_000 + index * 10, 1, index + 1));
  const kept = history([planned(), started(1_010, 1, 1), ...retries]);
  expect(kept.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => 12 + index));
});
