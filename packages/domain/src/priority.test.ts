import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_PRIORITY, MIN_PRIORITY, resolvePriority, toQueuePriority } from './priority.ts';

const priority = fc.integer({ min: MIN_PRIORITY, max: MAX_PRIORITY });

describe('the priority of an execution', () => {
  test.each([
    ['the event’s own', resolvePriority(9, 8, 'SCHEDULED', { SCHEDULED: 3 }), 9],
    ['also when that is 0', resolvePriority(0, 8, 'SCHEDULED', { SCHEDULED: 3 }), 0],
    ['else the assistant’s hint', resolvePriority(null, 8, 'SCHEDULED', { SCHEDULED: 3 }), 8],
    ['also when that is 0', resolvePriority(undefined, 0, 'SCHEDULED', { SCHEDULED: 3 }), 0],
    ['else the configured default of the event type', resolvePriority(null, null, 'SCHEDULED', { SCHEDULED: 3 }), 3],
    ['else the built-in one', resolvePriority(undefined, undefined, 'SCHEDULED'), 1],
    ['else that of custom types', resolvePriority(null, null, 'ORDER_SHIPPED', { SCHEDULED: 3 }), 4],
  ])('is %s', (_what, actual, expected) => {
    expect(actual).toBe(expected);
  });
});

describe('the priority in the queue', () => {
  test('is never 0 and fits into the queue, so nothing overtakes everything', () => {
    fc.assert(
      fc.property(priority, (value) => {
        const queued = toQueuePriority(value);
        expect(queued).toBeGreaterThan(0);
        expect(queued).toBeLessThanOrEqual(2_097_151);
        expect(Number.isInteger(queued)).toBe(true);
      }),
    );
  });

  test('puts the higher one first', () => {
    fc.assert(
      fc.property(priority, priority, (a, b) => {
        expect(Math.sign(toQueuePriority(a) - toQueuePriority(b))).toBe(Math.sign(b - a));
      }),
    );
  });

  test.each([-1, 1001, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('%d is refused', (value) => {
    expect(() => toQueuePriority(value)).toThrow(RangeError);
    expect(() => toQueuePriority(value)).toThrow('priority must be an integer from 0 to 1000');
  });
});
