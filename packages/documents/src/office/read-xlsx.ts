import type { Block } from '../text-page.ts';
import { childrenOf, descendants, type OrderedElement, parseOrdered, textBelow } from './ordered-xml.ts';

const SHEET = /^xl\/worksheets\/sheet(\d+)\.xml$/;
/** Columns of a sheet that are read; a cell far to the right would make every row that long. */
const MAX_COLUMNS = 1_000;
/** Numbers of formats that are dates by themselves. */
const DATE_FORMATS = new Set([14, 15, 16, 17, 22]);
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Day 0 of a workbook's calendar, which counts a 29 February 1900 that was none. */
const DAY_ZERO = Date.UTC(1899, 11, 30);

/** The rows of each sheet of a workbook, below its name; dates as YYYY-MM-DD, formulas by their last result. */
export function readXlsx(files: Map<string, string>): Block[][] {
  const read = (name: string) => parseOrdered(files.get(name) ?? '');
  const shared = descendants(read('xl/sharedStrings.xml'), 'si').map(sharedText);
  const isDate = dateStyles(read('xl/styles.xml'));
  const names = descendants(read('xl/workbook.xml'), 'sheet').map(({ attributes }) => attributes['name'] ?? '');
  const numbers = [...files.keys()].flatMap((name) => SHEET.exec(name)?.[1] ?? []).map(Number);
  return numbers
    .sort((a, b) => a - b)
    .map((number, index): Block[] => {
      const rows = descendants(read(`xl/worksheets/sheet${number}.xml`), 'row').map((row) =>
        cellsOf(row, shared, isDate),
      );
      return [
        { kind: 'text', text: names[index] ?? `Sheet ${number}` },
        { kind: 'table', rows },
      ];
    });
}

/** The phonetic reading of a Japanese text stands beside it and is not part of it. */
function sharedText(item: OrderedElement): string {
  return item.children
    .map((child) =>
      child.name === 'rPh'
        ? ''
        : descendants(child, '#text')
            .map(({ text }) => text)
            .join(''),
    )
    .join('');
}

function dateStyles(styles: OrderedElement): boolean[] {
  const own = new Map(
    descendants(styles, 'numFmt').map(({ attributes }) => [attributes['numFmtId'], attributes['formatCode'] ?? '']),
  );
  const [formats] = descendants(styles, 'cellXfs');
  return (formats === undefined ? [] : childrenOf(formats, 'xf')).map(({ attributes }) => {
    const id = attributes['numFmtId'] ?? '0';
    const code = (own.get(id) ?? '').replace(/"[^"]*"|\\.|\[[^\]]*\]/g, '');
    return DATE_FORMATS.has(Number(id)) || (/y/i.test(code) && /[md]/i.test(code));
  });
}

function cellsOf(row: OrderedElement, shared: string[], isDate: boolean[]): string[] {
  const cells: string[] = [];
  for (const cell of childrenOf(row, 'c')) {
    const column = columnOf(cell.attributes['r']) ?? cells.length;
    if (column >= MAX_COLUMNS) continue;
    while (cells.length < column) cells.push('');
    cells[column] = cellText(cell, shared, isDate);
  }
  return cells;
}

function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  return letters === undefined
    ? undefined
    : [...letters].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function cellText(cell: OrderedElement, shared: string[], isDate: boolean[]): string {
  const { t: type, s: style } = cell.attributes;
  if (type === 'inlineStr') return descendants(cell, 't').map(textBelow).join('');
  const [value] = childrenOf(cell, 'v');
  const text = value === undefined ? '' : textBelow(value);
  if (type === 's') return shared[Number(text)] ?? '';
  if (type === 'b') return text === '1' ? 'TRUE' : 'FALSE';
  if (type === undefined && text !== '' && isDate[Number(style)] === true) return dateOf(Number(text));
  return type === undefined || type === 'n' ? plainNumber(text) : text;
}

/** 0.1 + 0.2 is written as 0.30000000000000004. */
function plainNumber(text: string): string {
  const value = Number(text);
  return text === '' || !Number.isFinite(value) ? text : String(Number(value.toPrecision(15)));
}

function dateOf(serial: number): string {
  const time = new Date(DAY_ZERO + Math.round(serial * DAY_MS));
  if (Number.isNaN(time.getTime())) return String(serial);
  const iso = time.toISOString();
  return Number.isInteger(serial) ? iso.slice(0, 10) : iso.slice(0, 16).replace('T', ' ');
}
