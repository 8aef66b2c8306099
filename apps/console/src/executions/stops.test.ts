import type { Execution } from '@gantry/contracts/http/execution';
import { expect, test } from 'vitest';
import { conditionsOf, stopsOf } from './stops.ts';

const execution = (id: string, assistantId: string | null, failureGroup: string | null, failing: number) =>
  ({
    id,
    assistantId,
    failureGroup,
    pipeline: {
      steps: ['org/read', 'org/book'].map((ref, step) => ({ ref, status: step < failing ? 'SUCCEEDED' : 'FAILED' })),
    },
  }) as Execution;

test('only what stopped at the same step of the same assistant is chosen together, by the reasons that were seen', () => {
  const stops = stopsOf([
    execution('1', 'a', 'g', 1),
    execution('2', 'a', 'h', 1),
    execution('3', 'a', 'g', 0),
    execution('4', null, null, 1),
  ]);
  expect(stops.map(({ step, executions }) => [step, executions.map(({ id }) => id)])).toEqual([
    [1, ['1', '2']],
    [0, ['3']],
    [1, ['4']],
  ]);
  expect(stops.map(conditionsOf)).toEqual([
    ["assistantId eq 'a'", "failureGroup in ('g','h')"],
    ["assistantId eq 'a'", "failureGroup in ('g')"],
    ['assistantId is null', "id in ('4')"],
  ]);
});
