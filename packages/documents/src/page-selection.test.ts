import { describe, expect, it } from 'vitest';
import { selectPages } from './page-selection.ts';

describe('selectPages', () => {
  it.each([
    ['1-3,7', 10, [1, 2, 3, 7]],
    [' 7 , 2-3 ', 10, [2, 3, 7]],
    ['8-', 10, [8, 9, 10]],
    ['2-4,3', 3, [2, 3]],
    ['999999999', 3, []],
    ['1-999999999', 2, [1, 2]],
  ])('%s of %d pages', (selection, pageCount, pages) => {
    expect(selectPages(selection, pageCount)).toEqual(pages);
  });

  it.each(['', '0', '3-1', '-2', 'one', '1;2', '1-2-3', '1,,2'])('refuses "%s"', (selection) => {
    expect(() => selectPages(selection, 10)).toThrow(expect.objectContaining({ code: 'PAGES_INVALID' }));
  });
});
