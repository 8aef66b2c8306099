import { expect, test } from 'vitest';
import { exception, exceptionDetailsSchema } from './exception-details.ts';

test('an exception says its code, its message under both names, and advice where there is some', () => {
  expect(exception('STEP_TIMEOUT', 'too slow')).toEqual({
    errorType: 'STEP_TIMEOUT',
    message: 'too slow',
    errorMessage: 'too slow',
  });
  expect(exceptionDetailsSchema.parse(exception('STEP_TIMEOUT', 'too slow', 'try less')).advice).toBe('try less');
});
