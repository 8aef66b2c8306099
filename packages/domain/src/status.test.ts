import { describe, expect, test } from 'vitest';
import {
  EXECUTION_STATUSES,
  type ExecutionStatus,
  executionStatusNames,
  FINISHED_STATUSES,
  isFinished,
  mayBecome,
  statusFromValue,
  statusValue,
  statusValues,
  UNFINISHED_STATUSES,
} from './status.ts';

/** The published table: a client that stored numbers relies on the values, every guarded update on the transitions. */
const TABLE: readonly [ExecutionStatus, number, ExecutionStatus[]][] = [
  ['PENDING', 0, ['RUNNING', 'CANCELLING', 'FAILED']],
  ['RUNNING', 1, ['SUCCEEDED', 'FAILED', 'CANCELLING']],
  ['SUCCEEDED', 2, ['PENDING_REPROCESSING']],
  ['FAILED', 3, ['PENDING_REPROCESSING']],
  ['REQUESTED', 4, ['PENDING', 'SKIPPED', 'CANCELLED', 'FAILED']],
  ['SKIPPED', 5, []],
  ['CANCELLING', 6, ['CANCELLED']],
  ['CANCELLED', 7, ['PENDING_REPROCESSING']],
  ['PENDING_REPROCESSING', 8, ['REPROCESSED', 'SUCCEEDED', 'FAILED', 'CANCELLED']],
  ['REPROCESSED', 9, ['PENDING_REPROCESSING']],
];

test('there are ten statuses, with the values 0 to 9', () => {
  expect(executionStatusNames.map((name) => [name, statusValue(name)])).toEqual(
    TABLE.map(([name, value]) => [name, value]),
  );
  expect(statusValues(['REPROCESSED', 'PENDING'])).toEqual([9, 0]);
  for (const [name, value] of TABLE) expect(statusFromValue(value)).toBe(name);
});

test.each([-1, 10, 1.5, Number.NaN])('%d is no status', (value) => {
  expect(() => statusFromValue(value)).toThrow(new RangeError(`${value} is not an execution status`));
});

describe.each(TABLE)('%s', (from, _value, allowed) => {
  test(`may become ${allowed.join(', ') || 'nothing'}`, () => {
    expect(executionStatusNames.filter((to) => mayBecome(from, to)).sort()).toEqual([...allowed].sort());
  });

  test('says what it means', () => {
    expect(EXECUTION_STATUSES[from].meaning).not.toBe('');
  });
});

test('every status is either finished or not', () => {
  expect([...FINISHED_STATUSES, ...UNFINISHED_STATUSES].sort()).toEqual([...executionStatusNames].sort());
  expect(executionStatusNames.filter(isFinished).sort()).toEqual([...FINISHED_STATUSES].sort());
});

test('what is finished never becomes unfinished again', () => {
  for (const from of FINISHED_STATUSES) for (const to of UNFINISHED_STATUSES) expect(mayBecome(from, to)).toBe(false);
});
