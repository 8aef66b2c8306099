import type { ModuleMetadata } from '@gantry/contracts/module-definition';
import { expect, test } from 'vitest';
import { withDeclaredOptions } from './declared-options.ts';

const declared: ModuleMetadata = {
  kind: 'script',
  moduleRuntimeRef: 'gantry/default',
  script: 'return options;',
  options: [
    { name: 'pages', type: 'integer', default: 2, required: false, description: 'How many' },
    { name: 'mode', type: 'string', enum: ['fast', 'slow'], required: true },
    { name: 'store', type: 'document-store' },
  ],
};

test('fills in defaults, and keeps what is not declared', async () => {
  expect(await withDeclaredOptions(declared, { mode: 'fast', store: 's', other: 1 })).toEqual({
    pages: 2,
    mode: 'fast',
    store: 's',
    other: 1,
  });
});

test('names each option that is wrong', async () => {
  await expect(withDeclaredOptions(declared, { pages: 'two' })).rejects.toMatchObject({
    code: 'MODULE_OPTIONS_INVALID',
    validationErrors: [
      { option: 'pages', message: expect.any(String), description: 'How many' },
      { option: 'mode', message: expect.any(String), description: '' },
    ],
  });
});
