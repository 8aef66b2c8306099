import { expect, test } from 'vitest';
import { executionPolicySchema, MAX_STEPS, pipelineSchema, stepPolicy } from './pipeline.ts';

const DEFAULTS = {
  timeoutSeconds: 900,
  maxAttempts: 1,
  backoffStrategy: 'immediate',
  backoffBaseSeconds: 0,
  onExhausted: 'fail',
};

test('a step that says nothing is tried once, for at most 15 minutes', () => {
  expect(stepPolicy({ ref: 'a/b' })).toEqual(DEFAULTS);
  expect(stepPolicy({ ref: 'a/b', executionPolicy: null }, null)).toEqual(DEFAULTS);
});

test('the time limit is the step’s own, else its module’s', () => {
  expect(stepPolicy({ ref: 'a/b', executionPolicy: { timeoutSeconds: 5 } }, 60).timeoutSeconds).toBe(5);
  expect(stepPolicy({ ref: 'a/b', executionPolicy: { maxAttempts: 3 } }, 60)).toEqual({
    ...DEFAULTS,
    timeoutSeconds: 60,
    maxAttempts: 3,
  });
});

test('a step that was saved with another policy leaves the time limit to its module', () => {
  const { steps } = pipelineSchema.parse({ steps: [{ ref: 'a/b', executionPolicy: { maxAttempts: 3 } }] });
  expect(steps.map((step) => stepPolicy(step, 60))).toEqual([{ ...DEFAULTS, timeoutSeconds: 60, maxAttempts: 3 }]);
  expect(steps.map((step) => stepPolicy(step))).toEqual([{ ...DEFAULTS, maxAttempts: 3 }]);
});

test.each([
  [{ timeoutSeconds: 0 }, 'timeoutSeconds'],
  [{ timeoutSeconds: 86_401 }, 'timeoutSeconds'],
  [{ maxAttempts: 0 }, 'maxAttempts'],
  [{ maxAttempts: 1.5 }, 'maxAttempts'],
  [{ maxAttempts: 101 }, 'maxAttempts'],
  [{ backoffStrategy: 'never' }, 'backoffStrategy'],
  [{ backoffBaseSeconds: -1 }, 'backoffBaseSeconds'],
  [{ onExhausted: 'cancel' }, 'onExhausted'],
])('%j is refused by the name of its field', (policy, field) => {
  expect(executionPolicySchema.safeParse(policy).error?.issues.map(({ path }) => path.join('.'))).toEqual([field]);
});

test('the number of steps is bounded', () => {
  const steps = Array.from({ length: MAX_STEPS + 1 }, () => ({ ref: 'a/b' }));
  expect(pipelineSchema.safeParse({ steps }).success).toBe(false);
  expect(pipelineSchema.safeParse({ steps: steps.slice(1) }).success).toBe(true);
});
