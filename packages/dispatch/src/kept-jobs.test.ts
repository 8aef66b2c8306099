import { expect, test } from 'vitest';
import { KeptJobs } from './kept-jobs.ts';

const keptOf = (kept: KeptJobs, count: number, now: number) =>
  Array.from({ length: count }, () => kept.keepsOneMore(now)).filter(Boolean).length;

test('of jobs that finish at a leisurely pace all are kept', () => {
  const kept = new KeptJobs();
  expect([0, 1, 2].map((second) => keptOf(kept, 20, 1_764_000_000_000 + second * 1_000))).toEqual([20, 20, 20]);
});

test('of more in a second the first 20 are kept', () => {
  const kept = new KeptJobs();
  expect(keptOf(kept, 500, 1_764_000_000_000)).toBe(20);
  expect(keptOf(kept, 500, 1_764_000_000_999)).toBe(0);
  expect(keptOf(kept, 500, 1_764_000_001_000)).toBe(20);
});
