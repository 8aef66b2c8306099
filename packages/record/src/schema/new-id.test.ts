import { validate, version } from 'uuid';
import { expect, test } from 'vitest';
import { newId } from './new-id.ts';

test('ids sort in the order in which they were made, and none is made twice', () => {
  const ids = Array.from({ length: 5_000 }, newId);
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
});

test('an id says when it was made', () => {
  const before = Date.now();
  const msecs = Number.parseInt(newId().replace('-', '').slice(0, 12), 16);
  expect(msecs).toBeGreaterThanOrEqual(before);
});
