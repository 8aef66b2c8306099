import { expect, test } from 'vitest';
import { completeFilter } from './filter-completion.ts';

const VALUES = { status: ['FAILED', 'RUNNING'] };
const complete = (text: string) => completeFilter(text, text.length, VALUES);

test('a filter is completed with what may come where the caret is', () => {
  expect(complete('sta')).toEqual({
    from: 0,
    options: ['status', 'startDate'].filter((name) => name.startsWith('sta')),
  });
  expect(complete('status i').options).toEqual(['in', 'is null', 'is not null']);
  expect(complete('status eq F')).toEqual({ from: 10, options: ['FAILED'] });
  expect(complete('status in (FAILED, R').options).toEqual(['RUNNING']);
  expect(complete("description eq 'a and b' a").options).toEqual(['and']);
  expect(complete('status eq FAILED and prio').options).toEqual(['priority']);
});

test('nothing is offered for what stands there already, nor for unknown words', () => {
  expect(complete('status').options).toEqual([]);
  expect(complete('nonsense eq x').options).toEqual([]);
});
