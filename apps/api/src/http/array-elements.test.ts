import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrayElements } from './array-elements.ts';

test('the elements of any array are found as they are', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 2), (values, indent) => {
      const elements = arrayElements(` ${JSON.stringify(values, null, indent)}\n`);
      expect(elements?.map((element) => JSON.parse(element))).toEqual(JSON.parse(JSON.stringify(values)));
    }),
  );
});

test.each(['', '{}', '[', '[1,2', '["a]', '[1]]', '[1],[2]', '[{]'])('%s is no array', (text) => {
  expect(arrayElements(text)).toBeUndefined();
});

test('an element that is empty is one, for its parser to refuse', () => {
  expect(arrayElements('[1,,2]')).toEqual(['1', '', '2']);
  expect(arrayElements('[1,]')).toEqual(['1', '']);
  expect(arrayElements('[ ]')).toEqual([]);
});
