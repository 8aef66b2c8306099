import { convert } from 'html-to-text';
import type { Block } from '../text-page.ts';

/** The text of a page, its tables with their columns in place; scripts, styles and images are left out. */
export function readHtml(html: string): Block[] {
  const text = convert(html, {
    wordwrap: false,
    limits: { maxInputLength: 16 * 1024 * 1024, maxDepth: 200, maxChildNodes: 100_000 },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false, colSpacing: 4 } },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  });
  return [{ kind: 'fixed', text }];
}
