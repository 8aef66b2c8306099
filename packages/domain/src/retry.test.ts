import { expect, test } from 'vitest';
import { executionPolicySchema } from './pipeline.ts';
import { type AttemptFailure, afterFailure, backoffMs, UNTRIED } from './retry.ts';

const DAY_MS = 86_400_000;
const waits = (policy: object) => [1, 2, 3, 10, 100].map((n) => backoffMs(executionPolicySchema.parse(policy), n));

test('immediate: no wait, whatever the base', () => {
  expect(waits({ backoffStrategy: 'immediate', backoffBaseSeconds: 60 })).toEqual([0, 0, 0, 0, 0]);
});

test('fixed: the base after every attempt', () => {
  expect(waits({ backoffStrategy: 'fixed', backoffBaseSeconds: 1.5 })).toEqual([1500, 1500, 1500, 1500, 1500]);
});

test('exponential: the base doubles with every attempt, up to a day', () => {
  expect(waits({ backoffStrategy: 'exponential', backoffBaseSeconds: 2 })).toEqual([
    2000,
    4000,
    8000,
    1_024_000,
    DAY_MS,
  ]);
  expect(waits({ backoffStrategy: 'exponential', backoffBaseSeconds: 0 })).toEqual([0, 0, 0, 0, 0]);
});

test('no wait is longer than a day', () => {
  expect(backoffMs({ ...executionPolicySchema.parse({ backoffStrategy: 'fixed' }), backoffBaseSeconds: 1e6 }, 1)).toBe(
    DAY_MS,
  );
});

/** What follows each of these failures, one after another. */
function story(policy: object, failures: AttemptFailure[]): string[] {
  const parsed = executionPolicySchema.parse(policy);
  let tried = UNTRIED;
  return failures.map((failure) => {
    const after = afterFailure(parsed, tried, failure);
    if (after.kind === 'exhausted') return after.status;
    tried = after.tried;
    return `attempt ${tried.attempt} ${after.keepSlot ? 'in the slot' : 'later'}`;
  });
}

test('after a failure the policy decides', () => {
  expect(story({}, ['failed'])).toEqual(['FAILED']);
  expect(story({ onExhausted: 'skip' }, ['failed'])).toEqual(['SKIPPED']);
  expect(story({ maxAttempts: 3 }, ['failed', 'failed', 'failed'])).toEqual([
    ...['attempt 2 in the slot', 'attempt 3 in the slot', 'FAILED'],
  ]);
  const slow = { maxAttempts: 3, backoffStrategy: 'exponential', backoffBaseSeconds: 4 };
  expect(story(slow, ['failed', 'failed'])).toEqual(['attempt 2 in the slot', 'attempt 3 later']);
});

test('a crash is tried again once, whatever the policy says, and twice at most', () => {
  expect(story({ maxAttempts: 1 }, ['crashed-fresh', 'crashed-fresh'])).toEqual(['attempt 2 in the slot', 'FAILED']);
  expect(story({ maxAttempts: 9 }, ['crashed-fresh', 'crashed-fresh'])).toEqual(['attempt 2 in the slot', 'FAILED']);
  expect(story({ maxAttempts: 2 }, ['crashed-fresh', 'failed'])).toEqual(['attempt 2 in the slot', 'FAILED']);
});

test('a crash where others ran before is not counted against the step, but not for ever', () => {
  expect(story({}, ['crashed', 'crashed-fresh', 'crashed-fresh'])).toEqual([
    ...['attempt 2 in the slot', 'attempt 3 in the slot', 'FAILED'],
  ]);
  expect(
    story(
      {},
      Array.from({ length: 10 }, () => 'crashed'),
    ).at(-1),
  ).toBe('FAILED');
});
