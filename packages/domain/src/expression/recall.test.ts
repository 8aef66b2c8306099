import { expect, test } from 'vitest';
import { recall } from './recall.ts';

test('a text is made into something once, while there is room', () => {
  const made: string[] = [];
  const read = recall((text) => {
    made.push(text);
    return { text };
  }, 6);

  const first = read('aaa');
  expect(read('aaa')).toBe(first);
  read('bbb');
  expect(made).toEqual(['aaa', 'bbb']);

  // The one used longest ago makes room.
  read('aaa');
  read('c');
  expect(read('aaa')).toBe(first);
  expect(read('bbb')).toEqual({ text: 'bbb' });
  expect(made).toEqual(['aaa', 'bbb', 'c', 'bbb']);
});

test('a text longer than the room there is is made each time', () => {
  let made = 0;
  const read = recall((text) => ({ text, count: ++made }), 3);
  expect(read('long').count).toBe(1);
  expect(read('long').count).toBe(2);
  expect(read('ok').count).toBe(3);
  expect(read('ok').count).toBe(3);
});
