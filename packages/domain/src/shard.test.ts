import { expect, test } from 'vitest';
import { shardOf } from './shard.ts';

test('the last digits of an id tell its shard; one shard holds all', () => {
  const idOf = (end: string) => `0193a1b2-0000-7000-8000-00000000${end}`;
  expect(shardOf(idOf('ffff'), 1)).toBe(0);
  expect(['0000', '0001', '0002', '0003', '00ff', 'ffff'].map((end) => shardOf(idOf(end), 3))).toEqual([
    0, 1, 2, 0, 0, 0,
  ]);
  expect(shardOf(idOf('0040'), 64)).toBe(0);
  expect(shardOf(idOf('003f'), 64)).toBe(63);
});
