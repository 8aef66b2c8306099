import { expect, test } from 'vitest';
import { countInversions, type Run } from './inversions.ts';

const run = (priority: number, createdAt: number, startedAt: number): Run => ({ priority, createdAt, startedAt });

test.each([
  { what: 'in order', runs: [run(9, 1, 10), run(9, 2, 11), run(5, 0, 12)], counted: { priority: 0, age: 0 } },
  { what: 'a lower priority first', runs: [run(5, 0, 10), run(9, 1, 11)], counted: { priority: 1, age: 0 } },
  { what: 'the higher came after', runs: [run(5, 0, 10), run(9, 20, 21)], counted: { priority: 0, age: 0 } },
  { what: 'the younger first', runs: [run(5, 8, 10), run(5, 1, 11)], counted: { priority: 0, age: 1 } },
  { what: 'two passed one', runs: [run(1, 0, 10), run(2, 0, 11), run(9, 0, 12)], counted: { priority: 2, age: 0 } },
])('inversions: $what', ({ runs, counted }) => {
  expect(countInversions(runs, { underWayMs: 2, togetherMs: 0 })).toEqual(counted);
});

test('what was still under way, or started together, was not passed', () => {
  const none = { priority: 0, age: 0 };
  expect(countInversions([run(5, 0, 10), run(9, 9, 11)], { underWayMs: 2, togetherMs: 0 })).toEqual(none);
  expect(countInversions([run(5, 0, 10), run(9, 0, 15)], { underWayMs: 2, togetherMs: 5 })).toEqual(none);
  expect(countInversions([run(5, 0, 10), run(9, 0, 16)], { underWayMs: 2, togetherMs: 5 }).priority).toBe(1);
});
