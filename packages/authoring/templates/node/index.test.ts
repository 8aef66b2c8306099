import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runModule } from '@gantry/module-sdk';
import module from './index.ts';

test('counts the words', async () => {
  for (const previousOutput of ['one two', { text: 'one two' }]) {
    const { output } = await runModule(module, { previousOutput });
    assert.deepEqual(output, { words: 2 });
  }
});

test('refuses a text with too few', async () => {
  const given = { options: { least: 3 }, previousOutput: 'one two' };
  await assert.rejects(runModule(module, given), { code: 'TOO_FEW_WORDS' });
});
