import { best, type Candidate } from './best.ts';
import { findDates, writesDayFirst } from './date.ts';
import { type Cell, evidenceOf, type Found, type InvoiceDocument } from './document.ts';
import { valuesOf } from './labelled-values.ts';
import { ANY_DATE_LABEL, DATE_LABEL, DOCUMENT_WORD, OTHER_DATE } from './words.ts';

/** How many lines of the first page count as its head. */
const HEAD_LINES = 30;

/** The date of the invoice as YYYY-MM-DD: a labelled one, else the one in the title, else one alone in the head. */
export function findInvoiceDate(document: InvoiceDocument): Found<string> | null {
  const dayFirst = writesDayFirst(document.lines.map(({ folded }) => folded).join('\n'));

  const labelled = (pattern: RegExp, score: number): Candidate<string>[] =>
    valuesOf(document, pattern).flatMap(({ folded, line, where, label }) => {
      const [date] = findDates(folded, dayFirst);
      if (date === undefined || date.index > 20) return [];
      const about = where === 'same-cell' ? label.folded.slice(0, label.folded.indexOf(folded)) : label.folded;
      if (OTHER_DATE.test(about) && !DATE_LABEL.test(about)) return [];
      return [{ value: date.iso, score: score - (where === 'below' ? 10 : 0), evidence: evidenceOf(line) }];
    });

  const inHead = document.lines.slice(0, HEAD_LINES).flatMap(({ cells }) =>
    cells.flatMap((cell): Candidate<string>[] => {
      const [date, ...others] = findDates(cell.folded, dayFirst);
      if (date === undefined || others.length > 0 || OTHER_DATE.test(cell.folded)) return [];
      const score = DOCUMENT_WORD.test(cell.folded) ? 60 : placeAndDate(cell, date.index, date.length) ? 30 : 0;
      return score === 0 ? [] : [{ value: date.iso, score, evidence: evidenceOf(cell.line) }];
    }),
  );

  return best([...labelled(DATE_LABEL, 100), ...labelled(ANY_DATE_LABEL, 70), ...inHead]);
}

/** "12 March 2024" alone, or "Lyon, le 12 mars 2024". */
function placeAndDate(cell: Cell, index: number, length: number): boolean {
  const before = cell.folded.slice(0, index).trim();
  return index + length >= cell.folded.length - 1 && before.length <= 30 && !/\d/.test(before);
}
