import { expect, test } from 'vitest';
import { DEFAULT_RETRY, pauseMs, readRetryAfter } from './retry.ts';

const policy = { attempts: 4, baseMs: 100, maxMs: 1_000 };

test('pauses double, spread over their upper half, up to the longest and for so many attempts', () => {
  expect([1, 2, 3, 4].map((attempt) => pauseMs(policy, attempt, undefined, 1))).toEqual([100, 200, 400, undefined]);
  expect(pauseMs(policy, 2, undefined, 0)).toBe(100);
  expect(pauseMs({ ...policy, attempts: 99 }, 20, undefined, 1)).toBe(1_000);
});

test('the api is not called before it wants to be, nor waited for longer than the longest pause', () => {
  expect(pauseMs(policy, 1, 900, 1)).toBe(900);
  expect(pauseMs(policy, 1, 0, 1)).toBe(100);
  expect(pauseMs(policy, 1, 1_001, 1)).toBeUndefined();
  expect(pauseMs(DEFAULT_RETRY, 1, 5_000, 0)).toBe(5_000);
});

test('Retry-After is seconds or a date', () => {
  const now = Date.parse('2026-01-31T08:00:00Z');
  expect(readRetryAfter('3', now)).toBe(3_000);
  expect(readRetryAfter('Sat, 31 Jan 2026 08:00:05 GMT', now)).toBe(5_000);
  expect(readRetryAfter('Sat, 31 Jan 2026 07:00:00 GMT', now)).toBe(0);
  expect(readRetryAfter('soon', now)).toBeUndefined();
  expect(readRetryAfter(null, now)).toBeUndefined();
});
