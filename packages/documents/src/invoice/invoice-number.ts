import { best, type Candidate } from './best.ts';
import { findDates } from './date.ts';
import { evidenceOf, type InvoiceDocument } from './document.ts';
import type { Found } from './invoice-facts.ts';
import { type LabelledValue, valuesOf } from './labelled-values.ts';
import { numberedTitles } from './numbered-title.ts';
import { DOCUMENT_WORD, NUMBER_LABEL, OTHER_INVOICE } from './words.ts';

const MAX_LENGTH = 40;
const NUMBER_OF_GROUPS = /^[A-Z]{0,6}(?:[ -]?\d+){1,4}$/;
const WORD = /^[\p{L}\p{N}][\p{L}\p{N}_\-./]*$/u;

const SCORE_OF_LABEL = { 'same-cell': 100, right: 95, below: 80 } as const;
const SCORE_OF_TITLE = { 'same-cell': 70, right: 50, below: 45 } as const;
/** A title or a label is short, and its number follows at once; sentences speak of invoices too. */
const MAX_BEFORE_LABEL = 25;

/** The number of the invoice: what its label refers to, else what stands behind or below the title. */
export function findInvoiceNumber(document: InvoiceDocument): Found<string> | null {
  const labelled = valuesOf(document, NUMBER_LABEL)
    .filter(({ label }) => !OTHER_INVOICE.test(label.folded.slice(0, MAX_LENGTH)))
    .filter(({ label }) => (NUMBER_LABEL.exec(label.folded)?.index ?? 0) <= MAX_BEFORE_LABEL)
    .flatMap((value) => candidate(value, SCORE_OF_LABEL[value.where]));
  const titled = valuesOf(document, DOCUMENT_WORD).flatMap((value) => {
    const isTitle =
      DOCUMENT_WORD.exec(value.label.folded)?.index === 0 &&
      !OTHER_INVOICE.test(value.label.folded) &&
      value.label.text.length <= MAX_LENGTH * 1.5;
    const isWhole = value.where === 'same-cell' || !/\s/.test(value.text.trim());
    const wasMarked = value.where !== 'same-cell' && value.line.cells.some(({ text }) => /^#\s?\S/.test(text));
    return isTitle && isWhole ? candidate(value, SCORE_OF_TITLE[value.where] + (wasMarked ? 20 : 0)) : [];
  });
  const belowTitle = numberedTitles(document).flatMap(({ number, line }) => candidate({ ...number, line }, 85));
  return best([...labelled, ...titled, ...belowTitle]);
}

function candidate(found: Pick<LabelledValue, 'text' | 'folded' | 'line'>, score: number): Candidate<string>[] {
  const value = readNumber(found.text, found.folded);
  return value === null ? [] : [{ value, score, evidence: evidenceOf(found.line) }];
}

/** The number at the beginning of a text; null when what stands there is a word, a date or a sum of money. */
function readNumber(text: string, folded: string): string | null {
  if (findDates(folded, true).some(({ index }) => index === 0)) return null;
  const whole = text.trim();
  if (NUMBER_OF_GROUPS.test(whole) && whole.length <= 24) return whole;
  const [first = '', second = ''] = whole.split(/\s+/).map((word) => word.replace(/[.,;:)]+$/, ''));
  const isPrefix = /^[A-Z]{1,6}$/.test(first);
  const value = isPrefix ? `${first} ${second}` : first;
  const word = isPrefix ? second : first;
  if (!WORD.test(word) || !/\d/.test(word) || value.length > MAX_LENGTH) return null;
  return /^\d{1,3}(?:[.,]\d{3})*[.,]\d{2}$/.test(word) ? null : value;
}
