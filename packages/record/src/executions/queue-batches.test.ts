import { LIMITS } from '@gantry/domain/limits';
import { expect, test } from 'vitest';
import { queueBatches } from './queue-batches.ts';

const pipeline = { id: 'p', steps: [{ ref: 'gantry/noop' }] };

function executions(count: number, priorityOf: (index: number) => number, text = '') {
  return Array.from({ length: count }, (_, index) => ({
    id: String(index),
    priority: priorityOf(index),
    context: { text },
    pipeline,
  }));
}

/** The ids of each batch, in order. */
function batches(given: ReturnType<typeof executions>): string[][] {
  const batchOf = queueBatches(given);
  const batched = given.filter(({ id }) => batchOf.has(id));
  return [...Map.groupBy(batched, ({ id }) => batchOf.get(id)).values()].map((group) => group.map(({ id }) => id));
}

test('executions of one priority share a job, in their order', () => {
  expect(batches(executions(5, (index) => index % 2))).toEqual([
    ['0', '2', '4'],
    ['1', '3'],
  ]);
});

test('one that is alone has a job of its own', () => {
  expect(batches(executions(3, (index) => index))).toEqual([]);
});

test('a job holds a hundred executions at most', () => {
  expect(batches(executions(250, () => 5)).map(({ length }) => length)).toEqual([100, 100, 50]);
});

test('large contexts make small jobs', () => {
  const text = 'x'.repeat(LIMITS.jobCharacters / 3);
  expect(batches(executions(4, () => 5, text)).map(({ length }) => length)).toEqual([2, 2]);
});
