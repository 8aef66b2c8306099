import { sectionBelow } from './address-section.ts';
import { COMPANY_DETAILS, ISSUER_LABEL, RECIPIENT_LABEL } from './company-words.ts';
import type { Cell, InvoiceDocument } from './document.ts';

/** What a German letter shows in its window above the recipient: "Company - Street 1 - 12345 City". */
const SENDER_LINE = /^(?<name>.{2,60}?)\s+[-–—•●∙·▪|]\s+.*\p{L}.*\s+[-–—•●∙·▪|]\s+.*\d{4,5}/u;
const DELIVERY = /ship|deliver|liefer|livraison|entrega|consegna|waren|aflever/;

export interface Recipient {
  /** All that belongs to names and addresses of recipients. */
  cells: Set<Cell>;
  texts: string[];
  /** The name and address below each label; `isInvoiced` is false where goods go to. */
  blocks: { isInvoiced: boolean; cells: { text: string; folded: string; line: Cell['line'] }[] }[];
}

/** The cells that hold the name and address of who gets the invoice, and the texts in them. */
export function findRecipient(document: InvoiceDocument): Recipient {
  const recipient: Recipient = { cells: new Set(), texts: [], blocks: [] };
  document.lines.forEach((line, lineIndex) => {
    for (const cell of line.cells) {
      const label = ISSUER_LABEL.test(cell.folded) ? null : RECIPIENT_LABEL.exec(cell.folded);
      if (label === null && (line.page > 1 || nameInSenderLine(cell) === null)) continue;
      const block: Recipient['blocks'][number] = { isInvoiced: !DELIVERY.test(cell.folded), cells: [] };
      if (label !== null) {
        recipient.cells.add(cell);
        const rest = { text: cell.text.slice(label[0].length), folded: cell.folded.slice(label[0].length), line };
        if (rest.text.trim() !== '') block.cells.push(rest);
      }
      for (const below of sectionBelow(document, lineIndex, cell)) {
        if (ISSUER_LABEL.test(below.folded) || RECIPIENT_LABEL.test(below.folded) || COMPANY_DETAILS.test(below.folded))
          break;
        recipient.cells.add(below);
        block.cells.push(below);
      }
      recipient.texts.push(...block.cells.map(({ text }) => text));
      recipient.blocks.push(block);
    }
  });
  return recipient;
}

/** The name at the beginning of a sender line, which stands above the address of the recipient; null for other cells. */
export function nameInSenderLine(cell: Cell): string | null {
  if (cell.text.length > 120 || COMPANY_DETAILS.test(cell.folded)) return null;
  return SENDER_LINE.exec(cell.text)?.groups?.['name'] ?? null;
}
