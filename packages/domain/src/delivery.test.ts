import { expect, test } from 'vitest';
import { nextAttemptAt, reasonToDisable, retryAfterMs } from './delivery.ts';

const NOW = Date.parse('2026-01-31T12:00:00.000Z');
const refused = { delivered: false, status: 500, error: 'no' } as const;

test('each pause is longer than the one before, and after a day it is given up', () => {
  const pauses = Array.from({ length: 10 }, (_, index) => (nextAttemptAt(index + 1, refused, NOW) ?? 0) - NOW);
  expect(pauses.toSorted((a, b) => a - b)).toEqual(pauses);
  expect(pauses[0]).toBe(5_000);
  expect(pauses.reduce((sum, ms) => sum + ms) / 3_600_000).toBeGreaterThan(24);
  expect(nextAttemptAt(11, refused, NOW)).toBeUndefined();
  expect(nextAttemptAt(1, { delivered: true, status: 204 }, NOW)).toBeUndefined();
});

test('a receiver that asks for a longer pause gets it, a day at most', () => {
  expect(nextAttemptAt(1, { ...refused, retryAfterMs: 60_000 }, NOW)).toBe(NOW + 60_000);
  expect(nextAttemptAt(1, { ...refused, retryAfterMs: 1_000 }, NOW)).toBe(NOW + 5_000);
  expect(nextAttemptAt(1, { ...refused, retryAfterMs: 1e12 }, NOW)).toBe(NOW + 86_400_000);
  expect(retryAfterMs('120', NOW)).toBe(120_000);
  expect(retryAfterMs('Sat, 31 Jan 2026 12:01:00 GMT', NOW)).toBe(60_000);
  expect(retryAfterMs('soon', NOW)).toBeUndefined();
});

test('who is gone, or fails for three days, gets nothing any more', () => {
  const days = (count: number) => NOW - count * 86_400_000;
  expect(reasonToDisable([refused], days(2), NOW)).toBeUndefined();
  expect(reasonToDisable([refused], days(3), NOW)).toContain('three days');
  expect(reasonToDisable([{ ...refused, status: 410 }], null, NOW)).toContain('410');
});
