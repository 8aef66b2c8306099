import type { Block } from '../text-page.ts';
import { childrenOf, descendants, type OrderedElement, parseOrdered } from './ordered-xml.ts';

const HEADERS = /^word\/header\d*\.xml$/;
const FOOTERS = /^word\/(?:footer\d*|footnotes|endnotes)\.xml$/;

/** Paragraphs and tables of a Word document, its headers before and its footers and notes behind them. */
export function readDocx(files: Map<string, string>): Block[][] {
  const parts = (pattern: RegExp) =>
    [...files].filter(([name]) => pattern.test(name)).flatMap(([, xml]) => blocksOf(parseOrdered(xml)));
  return [[...parts(HEADERS), ...parts(/^word\/document\.xml$/), ...parts(FOOTERS)]];
}

function blocksOf(element: OrderedElement): Block[] {
  return element.children.flatMap((child): Block[] => {
    if (child.name === 'p')
      return [{ kind: 'text', text: paragraphText(child) }, ...descendants(child, 'txbxContent').flatMap(blocksOf)];
    if (child.name === 'tbl') return [{ kind: 'table', rows: rowsOf(child) }];
    return blocksOf(child);
  });
}

function rowsOf(table: OrderedElement): string[][] {
  return childrenOf(table, 'tr').map((row) =>
    childrenOf(row, 'tc').map((cell) => descendants(cell, 'p').map(paragraphText).join(' ')),
  );
}

function paragraphText(element: OrderedElement): string {
  return element.children
    .map((child) => {
      switch (child.name) {
        case 't':
          return child.children.map(({ text }) => text).join('');
        case 'tab':
          return element.name === 'r' ? '\t' : '';
        case 'br':
        case 'cr':
          return '\n';
        // What was deleted, and boxes, which are blocks of their own.
        case 'del':
        case 'txbxContent':
        case 'Fallback':
          return '';
        default:
          return paragraphText(child);
      }
    })
    .join('');
}
