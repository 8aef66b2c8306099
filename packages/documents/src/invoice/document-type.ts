import { findAmounts } from './amount.ts';
import { RECIPIENT_LABEL } from './company-words.ts';
import type { InvoiceDocument, Line } from './document.ts';
import type { DocumentType } from './invoice-facts.ts';
import type { InvoiceText } from './read-invoice-text.ts';
import { CREDIT_NOTE, DOCUMENT_WORD, NUMBER_LABEL, OTHER_DOCUMENT, PAYMENT_WORDS, TAX_WORDS } from './words.ts';

/** How much the signs speak for an invoice; it takes this much in all. */
const ENOUGH = { withNumber: 5, withoutNumber: 6 } as const;
const HEAD_LINES = 40;
const TITLE_LENGTH = 80;

/** Whether a text is an invoice or a credit note at all. A text that speaks of invoices is none yet. */
export function findDocumentType(
  document: InvoiceDocument,
  { issuer, invoiceNumber, date, amount, amountUntaxed, taxAmount, buyer, dueDate, iban, taxId }: InvoiceText,
): { value: DocumentType; confidence: number } {
  const { lines } = document;
  const title = lines.slice(0, HEAD_LINES).find(isTitle);
  const has = (pattern: RegExp) =>
    lines.some(({ cells }) => cells.some(({ folded }) => folded.length < 80 && pattern.test(folded)));
  const isNamed = title !== undefined || has(NUMBER_LABEL);
  const isMoney = amount !== null && (amount.value !== 0 || findAmounts(amount.evidence.text, '').length > 0);
  const signs = [
    [title !== undefined, 2],
    [invoiceNumber !== null, 2],
    [isMoney, 2],
    [date !== null, 1],
    [issuer !== null, 1],
    [amountUntaxed !== null || taxAmount !== null, 1],
    [has(TAX_WORDS), 1],
    [has(PAYMENT_WORDS) || dueDate !== null, 1],
    [buyer !== null || has(RECIPIENT_LABEL), 1],
    [iban !== null || taxId !== null, 1],
  ] as const;
  const weight = signs.reduce((sum, [holds, points]) => sum + (holds ? points : 0), 0);
  const isOther = lines.slice(0, HEAD_LINES).some(isOtherTitle) && title === undefined;
  const isInvoice =
    isNamed &&
    !isOther &&
    weight >= (invoiceNumber === null ? ENOUGH.withoutNumber : ENOUGH.withNumber) &&
    (isMoney || invoiceNumber !== null);
  const confidence = Math.min(0.95, isInvoice ? 0.5 + 0.05 * weight : 0.95 - 0.08 * weight);
  if (!isInvoice) return { value: 'none', confidence: round(Math.max(0.3, confidence)) };
  const naming = title ?? lines.find(({ folded }) => NUMBER_LABEL.test(folded));
  const isCredit = naming !== undefined && CREDIT_NOTE.test(naming.folded);
  return { value: isCredit ? 'credit-note' : 'invoice', confidence: round(confidence) };
}

/** A short text that ends with the word, such as "Tax invoice", or goes on with a number or a sender. */
function isTitle({ cells }: Line): boolean {
  return cells.some(({ folded }) => {
    const word = DOCUMENT_WORD.exec(folded);
    if (word === null || folded.length > TITLE_LENGTH || /[.!?]$|^\d+[.)]/.test(folded)) return false;
    const before = folded.slice(0, word.index).trim();
    const rest = folded.slice(word.index + word[0].length);
    return before.split(/\s+/).length <= 3 && !/[,;]$/.test(before) && /^\W*$|\d|^ (?:from|von|de|da)\s/.test(rest);
  });
}

function isOtherTitle({ cells }: Line): boolean {
  return cells.some(({ folded }) => OTHER_DOCUMENT.test(folded) && folded.length <= 40 && !/[:\d]/.test(folded));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
