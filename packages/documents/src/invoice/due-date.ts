import { best } from './best.ts';
import { findDates, writesDayFirst } from './date.ts';
import { evidenceOf, type InvoiceDocument } from './document.ts';
import type { Found } from './invoice-facts.ts';
import { valuesOf } from './labelled-values.ts';
import { DUE_DATE_LABEL } from './words.ts';

/** When the invoice is to be paid at the latest, as YYYY-MM-DD: the date that a label for it refers to. */
export function findDueDate(document: InvoiceDocument): Found<string> | null {
  const dayFirst = writesDayFirst(document.lines.map(({ folded }) => folded).join('\n'));
  const candidates = valuesOf(document, DUE_DATE_LABEL).flatMap(({ folded, line, where }) => {
    const [date] = findDates(folded, dayFirst);
    if (date === undefined || date.index > 12 || /skonto|discount|escompte/.test(folded.slice(0, date.index)))
      return [];
    return [{ value: date.iso, score: where === 'below' ? 80 : 95, evidence: evidenceOf(line) }];
  });
  const isClear = new Set(candidates.map(({ value }) => value)).size === 1;
  return isClear ? best(candidates) : best(candidates.filter(({ score }) => score > 80).slice(0, 1));
}
