import { cleanText } from '../clean-text.ts';
import type { Attachment, DocumentMetadata, DocumentWarning, ParsedDocument, ParsedPage } from '../parsed-document.ts';
import { withinBudget } from './inflation-budget.ts';
import { selectPages } from './page-selection.ts';
import { readAttachments } from './pdf-attachments.ts';
import { openPdf, type PdfDocument, reasonOf } from './pdf-library.ts';
import { readPage } from './read-page.ts';

interface PdfReading {
  /** Such as `1-3,7`; all when absent. */
  pages?: string | undefined;
  /** Of those that are selected, so many are read. */
  maxPages: number;
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

function pagesToRead(pageCount: number, { pages, maxPages }: PdfReading, warnings: DocumentWarning[]): number[] {
  if (pageCount === 0) warnings.push({ code: 'NO_PAGES', message: 'The PDF has no pages', pages: [] });
  const selected = selectPages(pages ?? '1-', pageCount);
  if (pageCount > 0 && selected.length === 0) {
    warnings.push({
      code: 'NO_PAGES',
      message: `pages: the PDF has ${pageCount} pages, and none of ${pages}`,
      pages: [],
    });
  }
  if (selected.length > maxPages) {
    const message = `${selected.length} pages are selected; the first ${maxPages} are read`;
    warnings.push({ code: 'PAGES_LEFT_OUT', message, pages: [] });
  }
  return selected.slice(0, maxPages);
}

/** Damage that many pages share is told once. */
class DamagedPages {
  readonly #pages = new Map<string, number[]>();

  note(page: number, error: unknown): undefined {
    const reason = cleanText(reasonOf(error)).slice(0, 300);
    this.#pages.set(reason, [...(this.#pages.get(reason) ?? []), page]);
  }

  get warnings(): DocumentWarning[] {
    return [...this.#pages].map(([reason, pages]) => {
      return { code: 'PAGE_DAMAGED', message: `${pageNames(pages)} cannot be read${reason}`, pages };
    });
  }
}

function missingText(pages: ParsedPage[]): DocumentWarning[] {
  const without = pages.filter(({ hasText }) => !hasText).map(({ number }) => number);
  if (without.length === 0) return [];
  const message = `${pageNames(without)} without text: empty, or an image as in a scan, which OCR could read`;
  return [{ code: 'PAGE_WITHOUT_TEXT', message, pages: without }];
}

function pageNames(pages: number[]): string {
  const named = pages.slice(0, 20).join(', ');
  return `${pages.length === 1 ? 'Page' : 'Pages'} ${named}${pages.length > 20 ? ', ...' : ''}`;
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
