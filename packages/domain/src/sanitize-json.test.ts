import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from './json.ts';
import { sanitizeJson } from './sanitize-json.ts';

const anyText = fc.string({ unit: 'binary' });
const anyJson = fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<Json>;

test('a clean value is given back as it is, not copied', () => {
  const value = { text: 'Ünï 😀', list: [1, null, { deep: ['a'] }], none: null, yes: true };
  expect(sanitizeJson(value)).toBe(value);
  expect(sanitizeJson('text')).toBe('text');
  expect(sanitizeJson(null)).toBeNull();
  expect(sanitizeJson(0)).toBe(0);
});

test.each<[string, Json, Json]>([
  ['U+0000 in a text', 'a\u0000b\u0000', 'a\uFFFDb\uFFFD'],
  ['a lone high surrogate', 'a\uD83D', 'a\uFFFD'],
  ['a lone low surrogate', '\uDE00a', '\uFFFDa'],
  ['in a list', ['a', 'b\u0000'], ['a', 'b\uFFFD']],
  ['deep in an object', { a: { b: ['\uD83D'] }, c: 1 }, { a: { b: ['\uFFFD'] }, c: 1 }],
  ['in a key', { 'a\u0000': 1, b: 2 }, { 'a\uFFFD': 1, b: 2 }],
  ['in a key that is there without it as well', { 'a\u0000': 1, 'a\uFFFD': 1 }, { 'a\uFFFD': 1 }],
])('%s is replaced', (_what, value, clean) => {
  const before = structuredClone(value);
  expect(sanitizeJson(value)).toEqual(clean);
  expect(value, 'the value itself is not touched').toEqual(before);
});

test('a key named __proto__ stays a key', () => {
  const value = JSON.parse('{"__proto__": {"a": "\\u0000"}}') as Json;
  expect(JSON.stringify(sanitizeJson(value))).toBe('{"__proto__":{"a":"\uFFFD"}}');
});

test('what comes out is what Postgres can store, and clean', () => {
  const dirty = fc.oneof(
    anyJson,
    fc.dictionary(fc.oneof(anyText, fc.constant('\u0000'), fc.constant('\uD800')), anyJson),
  );
  fc.assert(
    fc.property(dirty, (value) => {
      const clean = sanitizeJson(value as Json);
      const text = JSON.stringify(clean);
      expect(text).not.toMatch(/\\u0000|\\ud[89a-f]/);
      expect(sanitizeJson(clean)).toBe(clean);
    }),
  );
});
