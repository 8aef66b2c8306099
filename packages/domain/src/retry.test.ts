import { expect, test } from 'vitest';
import { executionPolicySchema } from './pipeline.ts';
import { backoffMs } from './retry.ts';

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
