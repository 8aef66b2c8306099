import type { Cell, InvoiceDocument, Line } from './document.ts';

/** What a label may refer to: the rest of its own cell, what stands to the right of it, what stands below it. */
export interface LabelledValue {
  text: string;
  folded: string;
  line: Line;
  where: 'same-cell' | 'right' | 'below';
  /** The cell the label is in. */
  label: Cell;
}

const LINES_BELOW = 2;
/** Points by which a value may begin or end beside the label it stands below. */
const SIDE_TOLERANCE = 6;
const SEPARATORS = /^[\s:.#°º\-–]*/;

/** Everything the labels that match `pattern` (for folded text) may refer to, in reading order. */
export function valuesOf(document: InvoiceDocument, pattern: RegExp): LabelledValue[] {
  return document.lines.flatMap((line, lineIndex) =>
    line.cells.flatMap((label) => {
      const match = pattern.exec(label.folded);
      if (match === null) return [];
      const end = match.index + match[0].length;
      const start = end + (SEPARATORS.exec(label.folded.slice(end))?.[0].length ?? 0);
      const rest = { text: label.text.slice(start), folded: label.folded.slice(start) };
      const values: LabelledValue[] = [];
      if (rest.text !== '') values.push({ ...rest, line, where: 'same-cell', label });
      const right = line.cells.slice(label.index + 1).find(({ text }) => text !== ':');
      if (right !== undefined) values.push({ ...unseparated(right), line, where: 'right', label });
      for (const below of cellsBelow(document, lineIndex, label)) {
        values.push({ ...unseparated(below), line: below.line, where: 'below', label });
      }
      return values;
    }),
  );
}

/** The cells of the next lines of the page that share the columns of a cell. */
export function cellsBelow(document: InvoiceDocument, lineIndex: number, cell: Cell, lines = LINES_BELOW): Cell[] {
  return document.lines
    .slice(lineIndex + 1, lineIndex + 1 + lines * 2)
    .filter((line) => line.page === cell.line.page)
    .flatMap((line) => line.cells.find((other) => isInColumn(other, cell)) ?? [])
    .slice(0, lines);
}

function isInColumn(other: Cell, cell: Cell): boolean {
  return other.x < cell.x + cell.width + SIDE_TOLERANCE && other.x + other.width > cell.x - SIDE_TOLERANCE;
}

function unseparated({ text, folded }: Cell): { text: string; folded: string } {
  const start = SEPARATORS.exec(text)?.[0].length ?? 0;
  return { text: text.slice(start), folded: folded.slice(start) };
}
