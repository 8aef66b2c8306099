import { expect, test } from 'vitest';
import { hasTooManyValues } from './json-values.ts';

const listOf = (count: number, value: string) => `[${Array(count).fill(value).join(',')}]`;

test.each([
  ['numbers', listOf(101, '1'), true],
  ['numbers', listOf(100, '1'), true],
  ['numbers', listOf(98, '12345'), false],
  ['objects', listOf(50, '{"a":1}'), true],
  ['lists in lists', '['.repeat(150) + ']'.repeat(150), true],
  ['a text of what separates values', JSON.stringify(',[{'.repeat(1_000)), false],
  ['a text with quotes', JSON.stringify('",'.repeat(1_000)), false],
  ['a text that ends with a backslash', `["\\\\",${JSON.stringify(','.repeat(1_000))}]`, false],
  ['keys', JSON.stringify({ [',['.repeat(500)]: 1 }), false],
])('%s', (_what, json, tooMany) => {
  expect(hasTooManyValues(json, 99)).toBe(tooMany);
});
