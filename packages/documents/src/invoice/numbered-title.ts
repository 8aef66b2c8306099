import type { InvoiceDocument, Line } from './document.ts';
import { valuesOf } from './labelled-values.ts';
import { BARE_TITLE, NUMBER_AND_DATE } from './words.ts';

/** What stands below a bare title: the number of the document, and its date where it is written behind. */
export interface NumberedTitle {
  number: { text: string; folded: string };
  /** Folded. */
  date: string | undefined;
  line: Line;
}

export function numberedTitles(document: InvoiceDocument): NumberedTitle[] {
  return valuesOf(document, BARE_TITLE).flatMap(({ where, text, folded, line }) => {
    const match = where === 'below' ? NUMBER_AND_DATE.exec(folded) : null;
    const place = match?.indices?.groups?.['number'];
    if (match === null || place === undefined) return [];
    const number = { text: text.slice(...place), folded: folded.slice(...place) };
    return [{ number, date: match.groups?.['date'], line }];
  });
}
