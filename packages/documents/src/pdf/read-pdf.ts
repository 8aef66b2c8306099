import { cleanText } from '../clean-text.ts';
import { reasonOf } from '../document-error.ts';
import { DamagedPages, pageNames } from '../page-damage.ts';
import { type PageLimits, pagesToRead } from '../page-selection.ts';
import type { Attachment, DocumentMetadata, DocumentWarning, ParsedDocument, ParsedPage } from '../parsed-document.ts';
import { withinBudget } from './inflation-budget.ts';
import { readAttachments } from './pdf-attachments.ts';
import { openPdf, type PdfDocument } from './pdf-library.ts';
import { readPage } from './read-page.ts';

interface PdfReading extends PageLimits {
  password?: string | undefined;
  signal: AbortSignal;
  onPage: (done: number, pageCount: number) => void;
}

const MAX_HELD_BYTES = 64 * 1024 * 1024;

/**
 * Text and layout of a PDF. What cannot be read of it is a warning; throws only when nothing can be: PDF_INVALID,
 * PDF_ENCRYPTED, PDF_PASSWORD_WRONG, PDF_INFLATES_TOO_FAR, PAGES_INVALID.
 */
export async function readPdf(bytes: Uint8Array, reading: PdfReading): Promise<ParsedDocument> {
  const { result: document } = await withinBudget(() => openPdf(bytes, reading.password));
  try {
    const pageCount = Math.max(0, document.numPages);
    const warnings: DocumentWarning[] = [];
    const selected = pagesToRead(pageCount, reading, warnings);
    const pages: ParsedPage[] = [];
    const damage = new DamagedPages();
    let held = 0;
    for (const [index, number] of selected.entries()) {
      reading.signal.throwIfAborted();
      const { result: page, used } = await withinBudget(() =>
        readPage(document, number).catch((error: unknown) => damage.note(number, error)),
      );
      if (page !== undefined) {
        const { isCut, ...parsed } = page;
        if (isCut)
          warnings.push({ code: 'PAGE_CUT', message: `Page ${number} has more text than is read`, pages: [number] });
        pages.push(parsed);
      }
      // The library keeps the fonts of the pages it has read, which other pages use too.
      held += used;
      if (held > MAX_HELD_BYTES) {
        await document.cleanup();
        held = 0;
      }
      reading.onPage(index + 1, selected.length);
    }
    warnings.push(...damage.warnings, ...missingText(pages));
    return {
      pageCount,
      text: pages.map((page) => page.text).join('\n\n'),
      hasText: pages.some(({ hasText }) => hasText),
      pages,
      metadata: await readMetadata(document),
      attachments: await attachmentsOf(document, warnings),
      warnings,
    };
  } finally {
    await document.loadingTask.destroy();
  }
}

function missingText(pages: ParsedPage[]): DocumentWarning[] {
  const without = pages.filter(({ hasText }) => !hasText).map(({ number }) => number);
  if (without.length === 0) return [];
  const message = `${pageNames(without)} without text: empty, or an image as in a scan, which OCR could read`;
  return [{ code: 'PAGE_WITHOUT_TEXT', message, pages: without }];
}

async function attachmentsOf(document: PdfDocument, warnings: DocumentWarning[]): Promise<Attachment[]> {
  try {
    return (await withinBudget(() => readAttachments(document))).result;
  } catch (error) {
    const message = `The attachments cannot be read${reasonOf(error)}`;
    warnings.push({ code: 'ATTACHMENTS_DAMAGED', message, pages: [] });
    return [];
  }
}

async function readMetadata(document: PdfDocument): Promise<DocumentMetadata> {
  const { getMeta } = await import('unpdf');
  const { info } = await getMeta(document, { parseDates: true }).catch(() => ({ info: {} as Record<string, unknown> }));
  return {
    title: metadataText(info['Title']),
    author: metadataText(info['Author']),
    subject: metadataText(info['Subject']),
    creator: metadataText(info['Creator']),
    producer: metadataText(info['Producer']),
    createdAt: metadataText(info['CreationDate']),
    modifiedAt: metadataText(info['ModDate']),
  };
}

function metadataText(value: unknown): string | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  return typeof value === 'string' && value.trim() !== '' ? cleanText(value.trim()).slice(0, 1_000) : null;
}
