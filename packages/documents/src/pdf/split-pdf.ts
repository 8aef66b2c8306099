import { PDFDocument } from '@cantoo/pdf-lib';
import { DocumentError } from '../document-error.ts';
import { selectPages } from '../page-selection.ts';

const MAX_PARTS = 1_000;

export interface PdfPart {
  /** Numbers of the pages in the whole document. */
  pages: number[];
  bytes: Uint8Array;
}

export type Division = { ranges: string[] } | { everyPages: number };

/**
 * The parts of a PDF one after the other: the pages of each range such as `1-3,7`, or so many pages each. Throws
 * PDF_INVALID, PDF_ENCRYPTED, PAGES_INVALID, TOO_MANY_PARTS.
 */
export async function* splitPdf(bytes: Uint8Array, division: Division): AsyncGenerator<PdfPart> {
  const whole = await open(bytes);
  const parts = divide(whole.getPageCount(), division);
  for (const pages of parts) {
    if (pages.length === 0) continue;
    const part = await PDFDocument.create();
    const copied = await part.copyPages(
      whole,
      pages.map((number) => number - 1),
    );
    for (const page of copied) part.addPage(page);
    yield { pages, bytes: await part.save() };
  }
}

function divide(pageCount: number, division: Division): number[][] {
  const count = 'ranges' in division ? division.ranges.length : Math.ceil(pageCount / division.everyPages);
  if (count > MAX_PARTS) throw new DocumentError('TOO_MANY_PARTS', `${count} parts; at most ${MAX_PARTS} are made`);
  if ('ranges' in division) return division.ranges.map((range) => selectPages(range, pageCount));
  return Array.from({ length: count }, (_, index) => {
    const first = index * division.everyPages + 1;
    return selectPages(`${first}-${first + division.everyPages - 1}`, pageCount);
  });
}

async function open(bytes: Uint8Array): Promise<PDFDocument> {
  let document: PDFDocument;
  try {
    document = await PDFDocument.load(bytes, {
      ignoreEncryption: true,
      updateMetadata: false,
      throwOnInvalidObject: false,
    });
  } catch (error) {
    throw new DocumentError('PDF_INVALID', 'The file is not a PDF, or it is damaged', { cause: error });
  }
  if (document.isEncrypted) throw new DocumentError('PDF_ENCRYPTED', 'An encrypted PDF cannot be split');
  return document;
}
