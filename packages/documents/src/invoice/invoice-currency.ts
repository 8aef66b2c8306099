import type { WrittenAmount } from './amount.ts';
import { confidenceOf } from './best.ts';
import { mainCurrency } from './currency.ts';
import { evidenceOf, type InvoiceDocument, type Line } from './document.ts';
import type { Found } from './invoice-facts.ts';

/** The currency of the invoice: what stands beside its total, else in the same line, else what it mostly speaks of. */
export function findCurrency(document: InvoiceDocument, total: Found<WrittenAmount> | null): Found<string> | null {
  if (total !== null) {
    const { value: amount, evidence } = total;
    if (amount.currency !== null) return { value: amount.currency, confidence: confidenceOf(100), evidence };
    const text = evidence.source === 'page' ? evidence.text : '';
    const beside = mainCurrency(text, text.toLowerCase());
    if (beside !== null) return { value: beside, confidence: confidenceOf(90), evidence };
  }
  const value = currencyOfLines(document.lines);
  if (value === null) return null;
  const line = document.lines.find((candidate) => currencyOfLines([candidate]) === value) ?? document.lines[0];
  return line === undefined ? null : { value, confidence: confidenceOf(70), evidence: evidenceOf(line) };
}

function currencyOfLines(lines: Line[]): string | null {
  return mainCurrency(lines.map(({ text }) => text).join('\n'), lines.map(({ folded }) => folded).join('\n'));
}
