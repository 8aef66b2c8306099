import { expect, test } from 'vitest';
import { executionStatusNames, isFinished, statusValue } from './status.ts';
import { isStepFinished, STEP_STATUSES, stepStatusFromValue, stepStatusNames, untouchedStep } from './step-status.ts';

test('steps use the words and the numbers of executions', () => {
  expect(stepStatusNames).toEqual(['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'SKIPPED', 'CANCELLED']);
  for (const name of stepStatusNames) {
    expect(STEP_STATUSES[name]).toBe(statusValue(name));
    expect(stepStatusFromValue(STEP_STATUSES[name])).toBe(name);
  }
});

test.each([4, 6, 8, 9, -1])('%d is no step status', (value) => {
  expect(() => stepStatusFromValue(value)).toThrow(new RangeError(`${value} is not a step status`));
});

test('a step is finished once nothing more of it runs', () => {
  expect(stepStatusNames.filter(isStepFinished)).toEqual(['SUCCEEDED', 'FAILED', 'SKIPPED', 'CANCELLED']);
});

test('no step of a finished execution waits', () => {
  for (const status of executionStatusNames)
    expect(isStepFinished(untouchedStep(status)), status).toBe(isFinished(status));
  expect([untouchedStep('SKIPPED'), untouchedStep('CANCELLED')]).toEqual(['SKIPPED', 'CANCELLED']);
});
