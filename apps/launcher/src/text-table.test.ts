import { expect, test } from 'vitest';
import { textTable } from './text-table.ts';

test('columns are as wide as their widest cell, numbers to the right', () => {
  const rows = [
    ['a.pdf', '12.50'],
    ['longer name.pdf', '7.00'],
  ];
  expect(textTable(['file', 'amount'], rows)).toBe(`file             amount
───────────────  ──────
a.pdf             12.50
longer name.pdf    7.00`);
});
