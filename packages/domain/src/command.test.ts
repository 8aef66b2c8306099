import { expect, test } from 'vitest';
import { commandNames, decide, statusesFor } from './command.ts';
import { executionStatusNames, mayBecome } from './status.ts';

test.each(commandNames)('%s makes of an execution only what may become of it', (command) => {
  for (const status of executionStatusNames) {
    const becomes = decide(command, status);
    if (becomes !== undefined) expect([status, becomes, mayBecome(status, becomes)]).toEqual([status, becomes, true]);
  }
});

test('a cancel ends at once what was not admitted, and stops what may run', () => {
  expect(statusesFor('cancel', 'CANCELLED')).toEqual(['REQUESTED']);
  expect(statusesFor('cancel', 'CANCELLING')).toEqual(['PENDING', 'RUNNING']);
  expect(decide('cancel', 'SUCCEEDED')).toBeUndefined();
});

test('one that is being cancelled is never failed', () => {
  expect(decide('giveUp', 'CANCELLING')).toBe('CANCELLED');
  expect(decide('expire', 'CANCELLING')).toBeUndefined();
});

test('whatever ran and is over can be replaced', () => {
  expect(statusesFor('replace')).toEqual(['SUCCEEDED', 'FAILED', 'CANCELLED', 'REPROCESSED']);
});
