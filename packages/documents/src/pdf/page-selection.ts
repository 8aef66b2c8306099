import { DocumentError } from '../document-error.ts';

const RANGE = /^\s*(\d{1,9})\s*(?:(-)\s*(\d{1,9})?)?\s*$/;

/**
 * The numbers of the pages that a selection such as `1-3,7,20-` names, of those that there are, in the document's order.
 * Throws PAGES_INVALID.
 */
export function selectPages(selection: string, pageCount: number): number[] {
  const selected = new Set<number>();
  for (const part of selection.split(',')) {
    const [, first, dash, last] = RANGE.exec(part) ?? [];
    const from = Number(first);
    const to = last === undefined ? (dash === undefined ? from : pageCount) : Number(last);
    if (!(from >= 1) || (last !== undefined && to < from)) {
      throw new DocumentError(
        'PAGES_INVALID',
        `pages: "${part.trim().slice(0, 40)}" is no page and no range such as 1-3`,
      );
    }
    for (let number = from; number <= Math.min(to, pageCount); number++) selected.add(number);
  }
  return [...selected].sort((a, b) => a - b);
}
