import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countWords } from './server.mjs';

test('counts the words', () => {
  assert.deepEqual(countWords({ options: { least: 1 }, previousOutput: 'one two' }), { words: 2 });
});

test('refuses a text with too few', () => {
  assert.throws(() => countWords({ options: { least: 3 }, previousOutput: 'one two' }), { code: 'TOO_FEW_WORDS' });
});
