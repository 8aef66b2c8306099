import type { Block } from '../text-page.ts';
import { childrenOf, descendants, type OrderedElement, parseOrdered, textBelow } from './ordered-xml.ts';

const SLIDE = /^ppt\/slides\/slide(\d+)\.xml$/;

/** The texts and tables of each slide of a presentation, and the notes for its speaker behind them. */
export function readPptx(files: Map<string, string>): Block[][] {
  const numbers = [...files.keys()].flatMap((name) => SLIDE.exec(name)?.[1] ?? []).map(Number);
  return numbers
    .sort((a, b) => a - b)
    .map((number) => {
      const notes = files.get(`ppt/notesSlides/notesSlide${number}.xml`);
      const slide = blocksOf(parseOrdered(files.get(`ppt/slides/slide${number}.xml`) ?? ''));
      return notes === undefined ? slide : [...slide, ...blocksOf(parseOrdered(notes))];
    });
}

function blocksOf(element: OrderedElement): Block[] {
  return element.children.flatMap((child): Block[] => {
    if (child.name === 'txBody')
      return childrenOf(child, 'p').map((paragraph) => ({ kind: 'text', text: paragraphText(paragraph) }));
    if (child.name === 'tbl') return [{ kind: 'table', rows: rowsOf(child) }];
    return blocksOf(child);
  });
}

function rowsOf(table: OrderedElement): string[][] {
  return childrenOf(table, 'tr').map((row) =>
    childrenOf(row, 'tc').map((cell) => descendants(cell, 'p').map(paragraphText).join(' ')),
  );
}

function paragraphText(paragraph: OrderedElement): string {
  return paragraph.children
    .map((run) => (run.name === 'br' ? '\n' : descendants(run, 't').map(textBelow).join('')))
    .join('');
}
