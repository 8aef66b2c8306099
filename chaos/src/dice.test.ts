import { expect, test } from 'vitest';
import { Dice } from './dice.ts';

test('a seed determines what is thrown', () => {
  const throws = (seed: number) => {
    const dice = new Dice(seed);
    return [dice.between(0, 1), dice.pick(['a', 'b', 'c']), dice.shuffle([1, 2, 3, 4, 5, 6, 7, 8])];
  };
  expect(throws(7)).toEqual(throws(7));
  expect(throws(7)).not.toEqual(throws(8));
});

test('every item is picked about equally often, and shuffling keeps all', () => {
  const dice = new Dice(1);
  const counts = new Map<string, number>();
  for (let index = 0; index < 3_000; index += 1) {
    const item = dice.pick(['a', 'b', 'c']);
    counts.set(item, (counts.get(item) ?? 0) + 1);
  }
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(120);
  expect(dice.shuffle([1, 2, 3]).sort()).toEqual([1, 2, 3]);
  expect(() => dice.pick([])).toThrow(RangeError);
});
