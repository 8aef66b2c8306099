import { expect, test } from 'vitest';
import { adviceOn } from './exception-advice.ts';

test('whatever failed gives advice itself, else the catalogue does for its code', () => {
  const details = { message: 'limit: Too small', errorType: 'MODULE_OPTIONS_INVALID' };
  expect(adviceOn(details)).toBe('Correct the options that the message names.');
  expect(adviceOn({ ...details, advice: 'Give a limit above 0.' })).toBe('Give a limit above 0.');
  expect(adviceOn({ message: 'no such ledger', errorType: 'LEDGER_MISSING' })).toBe(undefined);
});
