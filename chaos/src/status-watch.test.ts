import { expect, test } from 'vitest';
import { StatusWatch } from './status-watch.ts';

const one = (status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'REPROCESSED') => ({ id: 'a', status, reprocessOf: null });

test('an end that turns into another is found', () => {
  const watch = new StatusWatch();
  for (const status of ['RUNNING', 'SUCCEEDED', 'SUCCEEDED', 'FAILED'] as const) watch.see([one(status)]);
  expect(watch.findings).toEqual([{ problem: 'wrong', executionId: 'a', says: 'was SUCCEEDED and turned FAILED' }]);
});

test('not so that of an execution which has been reprocessed', () => {
  const watch = new StatusWatch();
  watch.see([one('SUCCEEDED')]);
  watch.see([one('REPROCESSED'), { id: 'b', status: 'SUCCEEDED', reprocessOf: 'a' }]);
  expect(watch.findings).toEqual([]);
});
