import type { WrittenAmount } from './amount.ts';
import { mainCurrency } from './currency.ts';
import { evidenceOf, type Found, type InvoiceDocument, type Line } from './document.ts';

/** The currency of the invoice: what stands beside its total, else in the same line, else what it mostly speaks of. */
export function findCurrency(document: InvoiceDocument, total: Found<WrittenAmount> | null): Found<string> | null {
  if (total !== null) {
    const { value: amount, evidence } = total;
    if (amount.currency !== null) return { value: amount.currency, evidence };
    const beside = mainCurrency(evidence.text, evidence.text.toLowerCase());
    if (beside !== null) return { value: beside, evidence };
  }
  const value = currencyOfLines(document.lines);
  if (value === null) return null;
  const line = document.lines.find((candidate) => currencyOfLines([candidate]) === value) ?? document.lines[0];
  return line === undefined ? null : { value, evidence: evidenceOf(line) };
}

function currencyOfLines(lines: Line[]): string | null {
  return mainCurrency(lines.map(({ text }) => text).join('\n'), lines.map(({ folded }) => folded).join('\n'));
}
