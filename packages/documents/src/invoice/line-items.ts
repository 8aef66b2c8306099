import { findAmounts } from './amount.ts';
import type { Cell, InvoiceDocument, Line } from './document.ts';
import type { LineItem } from './invoice-facts.ts';
import { AMOUNT_LABELS, COLUMN_LABELS } from './words.ts';

type Column = keyof typeof COLUMN_LABELS;

const MAX_ITEMS = 1_000;
const CENT = 0.011;

/**
 * The rows of the table of items, when its head names the columns and the amounts of all rows add up to one of the
 * `sums`; else none: a table that was read in part is worth less than none.
 */
export function findLineItems({ lines }: InvoiceDocument, sums: (number | undefined)[]): LineItem[] {
  for (const [index, head] of lines.entries()) {
    const columns = columnsOf(head);
    if (!columns.has('description') || !columns.has('amount')) continue;
    const items = itemsBelow(lines.slice(index + 1), columns);
    const total = items.reduce((sum, { amount }) => sum + (amount ?? 0), 0);
    const addsUp = sums.some((sum) => sum !== undefined && Math.abs(sum - total) < CENT);
    if (items.length > 0 && addsUp) return items;
  }
  return [];
}

function columnsOf(head: Line): Map<Column, Cell> {
  const columns = new Map<Column, Cell>();
  for (const cell of head.cells) {
    for (const [name, label] of Object.entries(COLUMN_LABELS) as [Column, RegExp][]) {
      if (label.test(cell.folded) && (name === 'amount' || !columns.has(name))) {
        columns.set(name, cell);
        break;
      }
    }
  }
  return columns;
}

function itemsBelow(lines: Line[], columns: Map<Column, Cell>): LineItem[] {
  const items: LineItem[] = [];
  for (const line of lines) {
    if (items.length > 0 && isSum(line)) break;
    const at = (column: Column) => nearest(line, columns, column);
    const amount = numberOf(at('amount'));
    const description = at('description')?.text ?? null;
    if (amount === null || description === null || !/\p{L}{2}/u.test(description)) continue;
    items.push({ description, quantity: numberOf(at('quantity')), unitPrice: numberOf(at('unitPrice')), amount });
    if (items.length === MAX_ITEMS) break;
  }
  return items;
}

function isSum({ cells }: Line): boolean {
  const { finalTotal, total, untaxed, due } = AMOUNT_LABELS;
  return cells.some(({ folded }) => [finalTotal, total, untaxed, due].some((label) => label.test(folded)));
}

/** The cell of a line that is nearer to the head of this column than to that of any other. */
function nearest(line: Line, columns: Map<Column, Cell>, column: Column): Cell | undefined {
  return line.cells.find((cell) => {
    const [closest] = [...columns].sort(([, a], [, b]) => distance(cell, a) - distance(cell, b));
    return closest?.[0] === column;
  });
}

/** Columns are aligned at the left, at the right or in the middle. */
function distance(cell: Cell, head: Cell): number {
  const right = Math.abs(cell.x + cell.width - head.x - head.width);
  const middle = Math.abs(cell.x + cell.width / 2 - head.x - head.width / 2);
  return Math.min(Math.abs(cell.x - head.x), right, middle);
}

function numberOf(cell: Cell | undefined): number | null {
  const [amount] = cell === undefined ? [] : findAmounts(cell.text, '');
  return amount?.value ?? null;
}
