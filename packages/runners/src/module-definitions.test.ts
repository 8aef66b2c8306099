import { expect, it } from 'vitest';
import { toldDefinitions } from './told-definitions.ts';

it('describes every built-in module and the options it parses', async () => {
  const definitions = await toldDefinitions();
  const slugs = definitions.map(({ slug }) => slug);
  expect(slugs).toEqual([
    'noop',
    'echo',
    'sleep',
    'fail',
    'pdf-parser',
    'invoice-extractor',
    'ocr',
    'office-parser',
    'document-classifier',
    'json-transform',
    'split-pdf',
    'label',
    'http-request',
    'webhook',
    'channel-reply',
  ]);
  for (const { orgSlug, slug, ref, name, description, metadata } of definitions) {
    expect(`${orgSlug}/${slug}`).toBe(ref);
    expect(name).not.toBe('');
    expect(description).not.toBe('');
    expect(metadata).toMatchObject({ kind: 'node', moduleRuntimeRef: 'gantry/default' });
  }
  const optionsOf = (wanted: string) => definitions.find(({ slug }) => slug === wanted)?.metadata.options;
  expect(optionsOf('pdf-parser')?.map(({ name }) => name)).toEqual(['pages', 'maxPages', 'maxBytes', 'password']);
  expect(optionsOf('document-classifier')).toMatchObject([{ name: 'categories', required: true, type: 'array' }, {}]);
  expect(optionsOf('fail')).toEqual([
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
