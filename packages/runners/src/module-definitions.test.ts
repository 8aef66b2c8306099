import { expect, it } from 'vitest';
import { builtInDefinitions } from './module-definitions.ts';

it('describes every built-in module and the options it parses', async () => {
  const definitions = await builtInDefinitions();
  const refs = definitions.map(({ ref }) => ref);
  expect(refs).toEqual(
    ['noop', 'echo', 'sleep', 'fail', 'pdf-parser', 'invoice-extractor'].map((slug) => `gantry/${slug}`),
  );
  for (const { orgSlug, slug, ref, name, description, metadata } of definitions) {
    expect(`${orgSlug}/${slug}`).toBe(ref);
    expect(name).not.toBe('');
    expect(description).not.toBe('');
    expect(metadata).toMatchObject({ kind: 'node', moduleRuntimeRef: 'gantry/default' });
  }
  expect(definitions.find(({ slug }) => slug === 'fail')?.metadata.options).toEqual([
    {
      name: 'message',
      required: false,
      type: 'string',
      maxLength: 1_000,
      default: 'This step fails on purpose',
      description: 'What the failure says',
    },
    expect.objectContaining({ name: 'failTimes', required: false, type: 'integer', minimum: 0 }),
  ]);
});
