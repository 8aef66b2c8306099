import type { Cell, InvoiceDocument } from './document.ts';
import { cellsBelow } from './labelled-values.ts';

/** An address has about this many lines. */
const ADDRESS_LINES = 7;
const NAME_LABEL = /^(?:name|firma|company|nom|nombre|nome|naam|raison sociale)\W*$/;
/** Below a label in a form: a number, a code, the label of another value. */
const OTHER_VALUE =
  /^(?:\p{L}[\p{L} .-]*(?:nummer|nr|number|no|id|name|code)\.? ?:|(?:globale )?nummer|gln|gtin|id|siren|siret|duns|kunden-?nr|lief-?nr|handelsname|kreditoren)(?!\p{L})/u;

/**
 * Name and address below a label such as "Seller:", the name first: cells of its column; or in a form, where each line
 * has a label of its own, the value beside "Name:".
 */
export function sectionBelow(document: InvoiceDocument, lineIndex: number, label: Cell): Cell[] {
  const below = cellsBelow(document, lineIndex, label, ADDRESS_LINES);
  const nameLabel = below.slice(0, 5).find(({ folded }) => NAME_LABEL.test(folded));
  const named = nameLabel?.line.cells[nameLabel.index + 1];
  if (named !== undefined) return [named];
  return below.filter(
    ({ folded, line, index }) => !OTHER_VALUE.test(folded) && !/^:/.test(line.cells[index + 1]?.folded ?? ''),
  );
}
