import { cleanText } from './clean-text.ts';
import type { ParsedPage } from './parsed-document.ts';
import { joinSpans, type TextLine } from './text-lines.ts';

/**
 * What a document without pages of its own is made of, in reading order: running text, text in type of one width whose
 * columns are where they are written, and tables.
 */
export type Block = { kind: 'text' | 'fixed'; text: string } | { kind: 'table'; rows: string[][] };

/** Points. Such a document has no layout: a character is so wide, a line so high, and columns stand so far apart. */
const CHARACTER_WIDTH = 5;
const LINE_HEIGHT = 12;
const COLUMN_GAP = 15;
/** A longer text is broken into lines of so many characters, at a space. */
const LINE_LENGTH = 200;

/** A page of text with a layout made up for it: lines below each other, the columns of a table aligned. */
export function layOutPage(number: number, blocks: Block[]): ParsedPage {
  const lines: TextLine[] = [];
  const add = (cells: { text: string; x: number }[]): void => {
    const y = lines.length * LINE_HEIGHT;
    const spans = cells
      .map(({ text, x }) => ({ text: cleanText(text).replace(/\s+/g, ' ').trim(), x }))
      .filter(({ text }) => text !== '')
      .map(({ text, x }) => ({ text, x, y, width: text.length * CHARACTER_WIDTH, height: LINE_HEIGHT }));
    if (spans.length > 0) lines.push(joinSpans(spans));
  };
  for (const block of blocks) {
    if (block.kind === 'table') {
      const columns = columnsOf(block.rows);
      for (const row of block.rows) add(row.map((text, index) => ({ text, x: columns[index] ?? 0 })));
      continue;
    }
    for (const line of block.text.split(/\r\n?|\n/)) {
      if (block.kind === 'fixed') add(writtenCells(line));
      else for (const text of brokenAtSpaces(line)) add([{ text, x: 0 }]);
    }
  }
  const right = Math.max(0, ...lines.map(({ x, width }) => x + width));
  const text = lines.map((line) => line.text).join('\n');
  return { number, width: right, height: lines.length * LINE_HEIGHT, hasText: lines.length > 0, text, lines };
}

function writtenCells(line: string): { text: string; x: number }[] {
  return [...line.matchAll(/\S+(?:[ \u00a0]{1,2}\S+)*/g)].map(({ 0: text, index }) => ({
    text,
    x: index * CHARACTER_WIDTH,
  }));
}

function brokenAtSpaces(text: string): string[] {
  return text.length <= LINE_LENGTH ? [text] : (text.match(/\S.{0,199}(?=\s|$)|\S{200}/gu) ?? []);
}

function columnsOf(rows: string[][]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, text] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, text.length * CHARACTER_WIDTH);
  }
  let x = 0;
  return Array.from(widths, (width = 0) => {
    const start = x;
    x += width + COLUMN_GAP;
    return start;
  });
}
