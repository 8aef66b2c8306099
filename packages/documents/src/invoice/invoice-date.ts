import { best, type Candidate } from './best.ts';
import { findDates, writesDayFirst } from './date.ts';
import { type Cell, evidenceOf, type InvoiceDocument } from './document.ts';
import type { Found } from './invoice-facts.ts';
import { valuesOf } from './labelled-values.ts';
import { numberedTitles } from './numbered-title.ts';
import { ANY_DATE_LABEL, DATE_LABEL, DOCUMENT_WORD, NUMBER_LABEL, OTHER_DATE, OTHER_INVOICE } from './words.ts';

/** How many lines of the first page count as its head. */
const HEAD_LINES = 30;
const MAX_TITLE = 80;

/** The date of the invoice as YYYY-MM-DD: a labelled one, else the one in the title, else one alone in the head. */
export function findInvoiceDate(document: InvoiceDocument): Found<string> | null {
  const dayFirst = writesDayFirst(document.lines.map(({ folded }) => folded).join('\n'));

  const labelled = (pattern: RegExp, score: number): Candidate<string>[] =>
    valuesOf(document, pattern).flatMap(({ folded, line, where, label }) => {
      const [date] = findDates(folded, dayFirst);
      if (date === undefined || date.index > 20) return [];
      const start = label.folded.lastIndexOf(folded);
      const about = where === 'same-cell' ? label.folded.slice(0, start + date.index) : label.folded;
      if ((OTHER_DATE.test(about) && !DATE_LABEL.test(about)) || OTHER_INVOICE.test(about)) return [];
      return [{ value: date.iso, score: score - (where === 'below' ? 10 : 0), evidence: evidenceOf(line) }];
    });

  const inHead = document.lines.slice(0, HEAD_LINES).flatMap(({ cells }) =>
    cells.flatMap((cell): Candidate<string>[] => {
      const [date, ...others] = findDates(cell.folded, dayFirst);
      if (date === undefined || others.length > 0 || OTHER_DATE.test(cell.folded)) return [];
      const isTitle = NUMBER_LABEL.test(cell.folded) && cell.folded.length <= MAX_TITLE;
      const isSentence = OTHER_INVOICE.test(cell.folded) || cell.folded.length > MAX_TITLE;
      const score = isTitle
        ? 90
        : DOCUMENT_WORD.test(cell.folded) && !isSentence
          ? 60
          : placeAndDate(cell, date.index, date.length)
            ? 50
            : 0;
      return score === 0 ? [] : [{ value: date.iso, score, evidence: evidenceOf(cell.line) }];
    }),
  );

  const belowTitle = numberedTitles(document).flatMap(({ date = '', line }): Candidate<string>[] => {
    const [found] = findDates(date, dayFirst);
    return found?.index === 0 ? [{ value: found.iso, score: 85, evidence: evidenceOf(line) }] : [];
  });

  // A date that nothing names is the invoice's only where there is no other.
  const isAlone = new Set(inHead.map(({ value }) => value)).size === 1;
  const titled = inHead.filter(({ score }) => score > 50 || isAlone);
  return best([...labelled(DATE_LABEL, 100), ...labelled(ANY_DATE_LABEL, 70), ...titled, ...belowTitle]);
}

/** "12 March 2024" alone, or "Lyon, le 12 mars 2024". */
function placeAndDate(cell: Cell, index: number, length: number): boolean {
  const before = cell.folded.slice(0, index).trim();
  return index + length >= cell.folded.length - 1 && before.length <= 30 && !/\d/.test(before);
}
