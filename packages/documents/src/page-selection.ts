import { DocumentError } from './document-error.ts';
import type { DocumentWarning } from './parsed-document.ts';

export interface PageLimits {
  /** Such as `1-3,7`; all when absent. */
  pages?: string | undefined;
  /** Of those that are selected, so many are read. */
  maxPages: number;
}

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

/** What is read of a document, at most `maxPages`; why it is not more is told in `warnings`. Throws PAGES_INVALID. */
export function pagesToRead(pageCount: number, { pages, maxPages }: PageLimits, warnings: DocumentWarning[]): number[] {
  if (pageCount === 0) warnings.push({ code: 'NO_PAGES', message: 'The document has no pages', pages: [] });
  const selected = selectPages(pages ?? '1-', pageCount);
  if (pageCount > 0 && selected.length === 0) {
    warnings.push({
      code: 'NO_PAGES',
      message: `pages: the document has ${pageCount} pages, and none of ${pages}`,
      pages: [],
    });
  }
  if (selected.length > maxPages) {
    const message = `${selected.length} pages are selected; the first ${maxPages} are read`;
    warnings.push({ code: 'PAGES_LEFT_OUT', message, pages: [] });
  }
  return selected.slice(0, maxPages);
}
