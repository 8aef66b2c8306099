import { confidenceOf } from './best.ts';
import { evidenceOf, type InvoiceDocument, type Line } from './document.ts';
import type { Found } from './invoice-facts.ts';
import { valuesOf } from './labelled-values.ts';
import type { Recipient } from './recipient.ts';
import { OF_CUSTOMER, ORDER_LABEL, TAX_ID_LABEL } from './words.ts';

const VAT_NUMBER =
  /(?<![A-Z0-9])(?:ATU\d{8}|BE ?[01]\d{3}[ .]?\d{3}[ .]?\d{3}|CHE[- ]?\d{3}[. ]?\d{3}[. ]?\d{3}|DE ?\d{3} ?\d{3} ?\d{3}|ES ?[A-Z0-9]\d{7}[A-Z0-9]|FR ?[A-Z0-9]{2} ?\d{3} ?\d{3} ?\d{3}|GB ?\d{3} ?\d{4} ?\d{2}|IT ?\d{11}|LU ?\d{8}|NL ?\d{9}B\d{2}|PL ?\d{10}|SE ?\d{12}|(?:CZ|DK|EE|EL|FI|HR|HU|IE|LT|LV|MT|PT|RO|SI|SK) ?[0-9A-Z]{8,12})(?![A-Z0-9])/g;
const IBAN = /(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Z0-9])/g;
const LABEL_REACH = 40;

/** The VAT number of the issuer: beside a label for it, not the recipient's; null when there are several. */
export function findTaxId({ lines }: InvoiceDocument, recipient: Recipient): Found<string> | null {
  return theOnly(
    lines.flatMap((line) =>
      line.cells.flatMap((cell) => {
        const label = cell.index > 0 && /^\W/.test(cell.folded) ? line.cells[cell.index - 1] : undefined;
        const before = line.cells[cell.index - 1]?.folded ?? '';
        if (recipient.cells.has(cell) || OF_CUSTOMER.test(`${before} ${cell.folded}`)) return [];
        return [...cell.text.matchAll(VAT_NUMBER)].flatMap((match) => {
          const reach = `${(label?.folded ?? before).slice(-LABEL_REACH)} ${cell.folded.slice(0, match.index)}`;
          return TAX_ID_LABEL.test(reach) ? [{ value: match[0].replace(/[\s.-]/g, ''), line }] : [];
        });
      }),
    ),
  );
}

/** The account to pay to: a number whose check digits are right; null when there are several. */
export function findIban({ lines }: InvoiceDocument): Found<string> | null {
  return theOnly(
    lines.flatMap((line) =>
      [...line.text.matchAll(IBAN)].flatMap(([written]) => {
        const value = written.replaceAll(' ', '');
        return hasRightCheckDigits(value) ? [{ value, line }] : [];
      }),
    ),
  );
}

/** ISO 13616: what is left of the number by 97 is 1. */
function hasRightCheckDigits(iban: string): boolean {
  if (iban.length < 15 || iban.length > 34) return false;
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const digit = Number.parseInt(character, 36);
    rest = (rest * (digit > 9 ? 100 : 10) + digit) % 97;
  }
  return rest === 1;
}

/** The number of the order that the invoice is for; null when there are several. */
export function findPurchaseOrder(document: InvoiceDocument): Found<string> | null {
  return theOnly(
    valuesOf(document, ORDER_LABEL)
      .filter(({ where }) => where !== 'below')
      .flatMap(({ text, line }) => {
        const [first = ''] = text.trim().split(/[\s,;(]+/);
        const value = first.replace(/[.:]+$/, '');
        const isNumber = /^[\p{L}\p{N}][\p{L}\p{N}_/.-]{2,30}$/u.test(value) && /\d/.test(value);
        return isNumber && !/^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$/.test(value) ? [{ value, line }] : [];
      }),
  );
}

function theOnly(found: { value: string; line: Line }[]): Found<string> | null {
  const [first] = found;
  if (first === undefined || found.some(({ value }) => value !== first.value)) return null;
  return { value: first.value, confidence: confidenceOf(90), evidence: evidenceOf(first.line) };
}
