import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planSlices } from './plan.ts';

test('consecutive steps with one runtime are one slice', () => {
  expect(planSlices(['a', 'a', 'b', 'a'])).toEqual([
    { runtime: 'a', firstStep: 0, stepCount: 2 },
    { runtime: 'b', firstStep: 2, stepCount: 1 },
    { runtime: 'a', firstStep: 3, stepCount: 1 },
  ]);
});

test('planned again, it begins at the first step that is still to run', () => {
  expect(planSlices(['a', 'a', 'b', 'b'], 1)).toEqual([
    { runtime: 'a', firstStep: 1, stepCount: 1 },
    { runtime: 'b', firstStep: 2, stepCount: 2 },
  ]);
  expect(planSlices(['a', 'a', 'b', 'b'], 3)).toEqual([{ runtime: 'b', firstStep: 3, stepCount: 1 }]);
});

test('nothing left to run: no slices', () => {
  expect(planSlices([])).toEqual([]);
  expect(planSlices(['a'], 1)).toEqual([]);
});

test('the slices hold every step from the first on, once, in order, and neighbours differ', () => {
  const runtimes = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 20 });
  fc.assert(
    fc.property(runtimes, fc.nat(20), (steps, first) => {
      const slices = planSlices(steps, first);
      const covered = slices.flatMap(({ runtime, firstStep, stepCount }) =>
        Array.from({ length: stepCount }, (_, index) => [firstStep + index, runtime]),
      );
      expect(covered).toEqual([...steps.entries()].slice(first));
      for (const [index, slice] of slices.entries()) expect(slice.runtime).not.toBe(slices[index + 1]?.runtime);
    }),
  );
});
