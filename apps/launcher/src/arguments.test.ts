import { expect, test } from 'vitest';
import { readArguments } from './arguments.ts';

test('reads how many workers to start and how to log', () => {
  expect(readArguments([])).toEqual({ workers: 1, jsonLogs: false, watch: false });
  expect(readArguments(['--workers', '3', '--json-logs', '--watch'])).toEqual({
    workers: 3,
    jsonLogs: true,
    watch: true,
  });
});

test.each([['--workers', '0'], ['--workers', '3x'], ['--workers=65'], ['--wrokers', '3'], ['3']])(
  'refuses %s %s and says how it is used',
  (...args) => {
    expect(() => readArguments(args)).toThrow('Usage: npm start -- [--workers 3] [--json-logs]');
  },
);
