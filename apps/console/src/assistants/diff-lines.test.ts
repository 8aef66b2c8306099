import { expect, test } from 'vitest';
import { diffLines } from './diff-lines.ts';

test('a changed line is one removed and one added, the others are the same', () => {
  expect(diffLines('a\nb\nc', 'a\nB\nc\nd')).toEqual([
    { kind: 'same', line: 'a' },
    { kind: 'removed', line: 'b' },
    { kind: 'added', line: 'B' },
    { kind: 'same', line: 'c' },
    { kind: 'added', line: 'd' },
  ]);
});
