import { describe, expect, test } from 'vitest';
import { moduleName, parseModuleRef, refSpellings, SLUG_PATTERN } from './module-ref.ts';

test.each([
  ['module://acme/parser', undefined],
  ['module://acme/parser:1.2.0', '1.2.0'],
  ['acme/parser', undefined],
  ['acme/parser:v2-rc.1+build_7', 'v2-rc.1+build_7'],
])('%s names a module', (ref, version) => {
  expect(parseModuleRef(ref)).toEqual({ orgSlug: 'acme', slug: 'parser', version });
});

test.each(['acme/parser:1.2.0', 'module://acme/parser:1.2.0'])('%s is spelled without a scheme and with it', (ref) => {
  expect(refSpellings(ref)).toEqual(['acme/parser:1.2.0', 'module://acme/parser:1.2.0']);
});

test('a slug may hold dots, dashes and underscores, and be a single letter', () => {
  expect(parseModuleRef('a/b')).toEqual({ orgSlug: 'a', slug: 'b', version: undefined });
  expect(parseModuleRef('a.b-c_d/0')).toMatchObject({ orgSlug: 'a.b-c_d', slug: '0' });
  expect(parseModuleRef(`${'a'.repeat(64)}/b`)).toBeDefined();
});

describe('not a module reference:', () => {
  test.each([
    '',
    'parser',
    'module://parser',
    'http://acme/parser',
    'acme/parser/more',
    'Acme/parser',
    'acme/-parser',
    'acme/parser-',
    'acme/parser:',
    'acme/parser: 1',
    ' acme/parser',
    'acme/parser\n',
    `${'a'.repeat(65)}/b`,
    `a/b:${'1'.repeat(65)}`,
  ])('%j', (ref) => {
    expect(parseModuleRef(ref)).toBeUndefined();
  });
});

test('a worker looks a module up by organization and slug', () => {
  expect(moduleName({ orgSlug: 'acme', slug: 'parser' })).toBe('acme/parser');
});

test('the slug pattern takes whole slugs only', () => {
  expect(SLUG_PATTERN.test('acme-1')).toBe(true);
  expect(SLUG_PATTERN.test('acme/1')).toBe(false);
});
