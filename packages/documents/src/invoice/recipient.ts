import { COMPANY_DETAILS, ISSUER_LABEL, RECIPIENT_LABEL } from './company-words.ts';
import type { Cell, InvoiceDocument } from './document.ts';
import { cellsBelow } from './labelled-values.ts';

/** An address has about this many lines. */
const ADDRESS_LINES = 6;
/** What a German letter shows in its window above the recipient: "Company - Street 1 - 12345 City". */
const SENDER_LINE = /^(?=\P{Ll})(?<name>.{2,60}?)\s[-–•·|]\s.*\p{L}.*\s[-–•·|]\s.*\d{4,5}/u;

/** The cells that hold the name and address of who gets the invoice, and the texts in them. */
export function findRecipient(document: InvoiceDocument): { cells: Set<Cell>; texts: string[] } {
  const cells = new Set<Cell>();
  const texts: string[] = [];
  document.lines.forEach((line, lineIndex) => {
    for (const cell of line.cells) {
      const label = ISSUER_LABEL.test(cell.folded) ? null : RECIPIENT_LABEL.exec(cell.folded);
      if (label === null && nameInSenderLine(cell) === null) continue;
      if (label !== null) {
        cells.add(cell);
        texts.push(cell.text.slice(label[0].length));
      }
      for (const below of cellsBelow(document, lineIndex, cell, ADDRESS_LINES)) {
        if (ISSUER_LABEL.test(below.folded) || COMPANY_DETAILS.test(below.folded)) break;
        cells.add(below);
        texts.push(below.text);
      }
    }
  });
  return { cells, texts };
}

/** The name at the beginning of a sender line, which stands above the address of the recipient; null for other cells. */
export function nameInSenderLine(cell: Cell): string | null {
  if (cell.text.length > 120 || COMPANY_DETAILS.test(cell.folded)) return null;
  return SENDER_LINE.exec(cell.text)?.groups?.['name'] ?? null;
}
