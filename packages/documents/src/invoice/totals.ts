import { findAmounts, type WrittenAmount } from './amount.ts';
import { best, type Candidate, confidenceOf } from './best.ts';
import { findDates } from './date.ts';
import { type Cell, evidenceOf, type InvoiceDocument, type Line } from './document.ts';
import type { Found } from './invoice-facts.ts';
import { cellsBelow } from './labelled-values.ts';
import { AMOUNT_LABELS } from './words.ts';

type Kind = 'total' | 'untaxed' | 'tax';

interface Sum {
  kind: Kind;
  score: number;
  amount: WrittenAmount;
  line: Line;
}

export interface Totals {
  amount: Found<WrittenAmount> | null;
  amountUntaxed: Found<number> | null;
  /** Stated, and what the sums with and without tax differ by. */
  taxAmount: Found<number> | null;
}

/** What the invoice comes to, with tax and without, by the words that stand before its sums. */
export function findTotals(document: InvoiceDocument): Totals {
  const context = document.lines.map(({ text }) => text).join('\n');
  const sums = document.lines.flatMap((line, index) => sumsOfLine(document, line, index, context));
  const taxes = sums.filter(({ kind }) => kind === 'tax').map(({ amount }) => amount.value);
  const untaxed = sums.filter(({ kind }) => kind === 'untaxed');
  const totals = sums.filter(({ kind }) => kind === 'total');
  const somethingIsDue = totals.some(({ amount }) => amount.value !== 0);

  const amount = best(
    totals
      .filter((sum) => sum.amount.value !== 0 || !somethingIsDue)
      .sort((a, b) => Math.abs(b.amount.value) - Math.abs(a.amount.value))
      .map((sum): Candidate<WrittenAmount> => {
        const addsUp = untaxed.some((net) => taxes.some((tax) => isSame(net.amount.value + tax, sum.amount.value)));
        return { value: sum.amount, score: sum.score + (addsUp ? 15 : 0), evidence: evidenceOf(sum.line) };
      }),
  );
  const net = best(
    untaxed
      .filter((sum) => amount !== null && Math.abs(sum.amount.value) <= Math.abs(amount.value.value))
      .sort((a, b) => Math.abs(b.amount.value) - Math.abs(a.amount.value))
      .map((sum): Candidate<number> => {
        const addsUp = taxes.some((tax) => amount !== null && isSame(sum.amount.value + tax, amount.value.value));
        return { value: sum.amount.value, score: sum.score + (addsUp ? 50 : 0), evidence: evidenceOf(sum.line) };
      }),
  );
  const amountUntaxed = net ?? untaxedWithoutTax(amount, sums);
  return { amount, amountUntaxed, taxAmount: taxBetween(amountUntaxed, amount, sums) };
}

/** The tax that is stated, alone or as a sum over rates, and makes the sum with tax of the one without. */
function taxBetween(net: Totals['amountUntaxed'], amount: Totals['amount'], sums: Sum[]): Found<number> | null {
  if (net === null || amount === null) return null;
  const difference = amount.value.value - net.value;
  const taxes = sums.filter(({ kind }) => kind === 'tax');
  const stated = taxes.find((tax) => isSame(tax.amount.value, difference)) ?? taxes[0];
  if (stated === undefined) return null;
  const total = taxes.reduce((sum, tax) => sum + tax.amount.value, 0);
  if (!isSame(stated.amount.value, difference) && !isSame(total, difference)) return null;
  const value = Math.round(difference * 100) / 100;
  return { value, confidence: confidenceOf(95), evidence: evidenceOf(stated.line) };
}

/** Where every tax is stated as nothing, the sums with and without tax are the same. */
function untaxedWithoutTax(amount: Totals['amount'], sums: Sum[]): Found<number> | null {
  const taxes = sums.filter(({ kind }) => kind === 'tax');
  const [first] = taxes;
  if (amount === null || first === undefined || taxes.some((tax) => tax.amount.value !== 0)) return null;
  return { value: amount.value.value, confidence: confidenceOf(70), evidence: evidenceOf(first.line) };
}

/** A line may hold several sums, each behind its own label. */
function sumsOfLine(document: InvoiceDocument, line: Line, lineIndex: number, context: string): Sum[] {
  return line.cells.flatMap((cell) => {
    const amounts = amountsIn(cell, context);
    const first = amounts[0];
    const label = first === undefined ? cell.folded : cell.folded.slice(0, first.index);
    const meaning = meaningOf(label);
    if (meaning === null) return [];

    const right = line.cells.slice(cell.index + 1);
    const end = right.findIndex((other) => !holdsOnlyAmounts(other, context));
    const last = (end === -1 ? right : right.slice(0, end)).flatMap((other) => amountsIn(other, context)).at(-1);
    const own = last ?? first;
    if (own !== undefined) return [{ ...meaning, amount: own, line }];

    // Below a label in a table stand the sums of its rows, and what they come to; below one that stands alone, the sum it names.
    const [below, next] = cellsBelow(document, lineIndex, cell, 2);
    if (below === undefined || !holdsOnlyAmounts(below, context)) return [];
    if (next !== undefined && amountsIn(next, context).length > 0 && holdsOnlyAmounts(next, context)) {
      const sum = sumOfColumn(cellsBelow(document, lineIndex, cell, MAX_COLUMN), context);
      return sum === undefined ? [] : [{ ...meaning, score: meaning.score - 10, ...sum }];
    }
    const isAlone = line.cells.length === 1 || meaning.score >= 90;
    if (!isAlone) return [];
    const [amount] = amountsIn(below, context);
    return amount === undefined ? [] : [{ ...meaning, score: meaning.score - 20, amount, line: below.line }];
  });
}

const MAX_COLUMN = 12;

/** The last amount of a column when it is the sum of all above it. */
function sumOfColumn(column: Cell[], context: string): Pick<Sum, 'amount' | 'line'> | undefined {
  let sum = 0;
  for (const [index, cell] of column.entries()) {
    const [amount, ...others] = amountsIn(cell, context);
    if (amount === undefined || others.length > 0 || !holdsOnlyAmounts(cell, context)) return undefined;
    if (index > 1 && isSame(amount.value, sum)) return { amount, line: cell.line };
    sum += amount.value;
  }
  return undefined;
}

const MAX_LABEL_LENGTH = 60;

function meaningOf(label: string): { kind: Kind; score: number } | null {
  if (!/\p{L}{2}/u.test(label) || label.length > MAX_LABEL_LENGTH) return null;
  const { notAnAmountDue, untaxed, taxIncluded, tax, finalTotal, due, total } = AMOUNT_LABELS;
  if (notAnAmountDue.test(label)) return null;
  const isTotal = finalTotal.test(label) || due.test(label) || total.test(label);
  if (untaxed.test(label)) return { kind: 'untaxed', score: isTotal || /excl|exkl/.test(label) ? 60 : 50 };
  if (tax.test(label) && !(isTotal && taxIncluded.test(label))) return { kind: 'tax', score: 50 };
  if (finalTotal.test(label)) return { kind: 'total', score: 100 };
  // What is left to pay of it, when something was paid before.
  if (due.test(label)) return { kind: 'total', score: 70 };
  if (total.test(label)) return { kind: 'total', score: taxIncluded.test(label) ? 95 : 80 };
  return null;
}

/** The amounts of a cell that look like money; a bare whole number does only when it stands alone. */
function amountsIn(cell: Cell, context: string): WrittenAmount[] {
  const dates = findDates(cell.folded, true);
  return findAmounts(cell.text, context).filter(
    (amount) =>
      !dates.some(({ index, length }) => amount.index < index + length && index < amount.index + amount.length) &&
      (amount.hasDecimals || amount.currency !== null || amount.length >= cell.text.length),
  );
}

function holdsOnlyAmounts(cell: Cell, context: string): boolean {
  const letters = cell.text.match(/\p{L}/gu)?.length ?? 0;
  return (
    letters <= 8 &&
    (amountsIn(cell, context).length > 0 || !/\p{L}{2}/u.test(cell.text) || /^[A-Z]{3}$/.test(cell.text))
  );
}

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) < 0.015;
}
