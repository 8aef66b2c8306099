import { expect, test } from 'vitest';
import { ChangeWindow } from './change-window.ts';

const entry = (number: number) => ({ id: `${number}-0`, change: null, frame: String(number) });
const entries = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => entry(from + index));

test('finds where to go on after any id it knows all followers of', () => {
  const window = new ChangeWindow(100);
  window.push(entries(10, 20));
  expect([window.first, window.end, window.lastId]).toEqual([0, 10, '19-0']);
  expect(window.after('10-0')).toBe(1);
  expect(window.after('14-0')).toBe(5);
  expect(window.after('14-7')).toBe(5);
  expect(window.after('19-0')).toBe(10);
  expect(window.at(5)).toEqual(entry(15));
  expect(window.at(10)).toBeUndefined();
  for (const unknown of ['9-0', '0-0', '20-0']) expect(window.after(unknown), unknown).toBeUndefined();
});

test('lets the oldest go and keeps the numbers of the others', () => {
  const window = new ChangeWindow(100);
  for (let round = 0; round < 50; round += 1) window.push(entries(round * 10, round * 10 + 10));
  expect(window.end).toBe(500);
  expect(window.end - window.first).toBeGreaterThanOrEqual(100);
  expect(window.end - window.first).toBeLessThan(125);
  expect(window.at(499)).toEqual(entry(499));
  expect(window.at(window.first - 1)).toBeUndefined();
  // Of the last that was let go all followers are still here.
  expect(window.after(`${window.first - 1}-0`)).toBe(window.first);
  expect(window.after(`${window.first - 2}-0`)).toBeUndefined();
});

test('numbers go on after everything was forgotten', () => {
  const window = new ChangeWindow(100);
  expect(window.lastId).toBeUndefined();
  window.push(entries(0, 10));
  window.clear('99-0');
  expect([window.first, window.end, window.lastId]).toEqual([10, 10, '99-0']);
  expect(window.after('99-0')).toBe(10);
  expect(window.after('9-0')).toBeUndefined();
});
