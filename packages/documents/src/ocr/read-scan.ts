import { DocumentError } from '../document-error.ts';
import { DamagedPages } from '../page-damage.ts';
import { drawPicture, type PageImage } from '../page-image.ts';
import { pagesToRead } from '../page-selection.ts';
import { type DocumentWarning, NO_METADATA, type ParsedDocument, type ParsedPage } from '../parsed-document.ts';
import { openPdfDrawing } from '../pdf/draw-pdf.ts';
import { readPdf } from '../pdf/read-pdf.ts';
import { drawTiffPage } from '../tiff/draw-tiff.ts';
import { isTiff, tiffPages } from '../tiff/tiff-page.ts';
import { openRecognizer, type Recognizer } from './recognizer.ts';

export interface ScanReading {
  /** Such as `eng`, `deu`, the most likely first. */
  languages: readonly string[];
  /** Pages that have a text too. */
  everyPage: boolean;
  /** Such as `1-3,7`; all when absent. */
  pages?: string | undefined;
  maxPages: number;
  password?: string | undefined;
  dpi: number;
  /** From 0 to 1; what is less sure is left out. */
  minConfidence: number;
  signal: AbortSignal;
  onPage: (done: number, pageCount: number) => void;
  /** Pages that were looked at before, by number: they are not looked at again. */
  looked?: ReadonlyMap<number, ScannedPage>;
  /** Told of each page that was looked at now, and waited for. */
  onLooked?: (page: ScannedPage) => Promise<void>;
}

export type ScannedDocument = Omit<ParsedDocument, 'pages'> & { pages: ScannedPage[] };

export interface ScannedPage extends ParsedPage {
  /** From 0 to 1; null for a page whose text was there. */
  confidence: number | null;
}

const UNSURE = 0.6;

/**
 * Text and layout of a PDF, a TIFF or another picture: pages without a text are looked at. Throws OCR_LANGUAGE_MISSING,
 * IMAGE_INVALID, and as `readPdf`.
 */
export async function readScan(bytes: Uint8Array, reading: ScanReading): Promise<ScannedDocument> {
  if (isPdf(bytes)) return readScannedPdf(bytes, reading);
  return isTiff(bytes) ? readTiff(bytes, reading) : readPicture(bytes, reading);
}

function isPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 1_024)).includes('%PDF-');
}

async function readScannedPdf(bytes: Uint8Array, reading: ScanReading): Promise<ScannedDocument> {
  const { dpi, password, everyPage } = reading;
  const document = await readPdf(bytes, { ...reading, onPage: () => {} });
  const warnings = document.warnings.filter(({ code }) => code !== 'PAGE_WITHOUT_TEXT');
  const wanted = document.pages.filter(({ hasText }) => everyPage || !hasText).map(({ number }) => number);
  const looked = await lookAtPages(wanted, reading, () => openPdfDrawing(bytes, { dpi, password }));
  return withPages(
    { ...document, warnings },
    document.pages.map((page) => looked.get(page.number) ?? { ...page, confidence: null }),
  );
}

async function readTiff(bytes: Uint8Array, reading: ScanReading): Promise<ScannedDocument> {
  const pages = tiffPages(bytes);
  const warnings: DocumentWarning[] = [];
  const wanted = pagesToRead(pages.length, reading, warnings);
  const damage = new DamagedPages();
  const looked = await lookAtPages(wanted, reading, async ({ decode }) => ({
    async page(number) {
      const page = pages[number - 1];
      if (page === undefined) return undefined;
      return drawTiffPage(page, reading.dpi, decode).catch((error: unknown) => {
        if (error instanceof DocumentError) return damage.note(number, error);
        throw error;
      });
    },
    async close() {},
  }));
  if (wanted.length > 0 && looked.size === 0) {
    throw new DocumentError('IMAGE_INVALID', damage.warnings.map(({ message }) => message).join('; '));
  }
  warnings.push(...damage.warnings);
  const read = wanted.flatMap((number) => looked.get(number) ?? []);
  return withPages({ pageCount: pages.length, metadata: NO_METADATA, attachments: [], warnings }, read);
}

async function readPicture(bytes: Uint8Array, reading: ScanReading): Promise<ScannedDocument> {
  const image = await drawPicture(bytes, reading.dpi);
  const looked = await lookAtPages([1], reading, async () => ({ page: async () => image, close: async () => {} }));
  return withPages({ pageCount: 1, metadata: NO_METADATA, attachments: [], warnings: [] }, [...looked.values()]);
}

interface Drawing {
  /** None of a page that cannot be drawn. */
  page(number: number): Promise<PageImage | undefined>;
  close(): Promise<void>;
}

/** The wanted pages by number, one after the other; those that were looked at before are taken over. */
async function lookAtPages(
  wanted: readonly number[],
  reading: ScanReading,
  open: (recognizer: Recognizer) => Promise<Drawing>,
): Promise<Map<number, ScannedPage>> {
  const looked = new Map(reading.looked);
  const left = wanted.filter((number) => !looked.has(number));
  if (left.length === 0) return looked;
  await using recognizer = await opened(reading);
  await using drawing = closing(await open(recognizer));
  for (const [index, number] of left.entries()) {
    reading.signal.throwIfAborted();
    const image = await drawing.page(number);
    if (image !== undefined) {
      const page = await recognizePage(number, image, recognizer, reading);
      looked.set(number, page);
      await reading.onLooked?.(page);
    }
    reading.onPage(wanted.length - left.length + index + 1, wanted.length);
  }
  return looked;
}

async function opened({ languages, signal }: ScanReading) {
  return closing(await openRecognizer(languages, signal));
}

function closing<Open extends { close(): Promise<void> }>(open: Open): Open & AsyncDisposable {
  return Object.assign(open, { [Symbol.asyncDispose]: () => open.close() });
}

async function recognizePage(
  number: number,
  image: PageImage,
  recognizer: Recognizer,
  { minConfidence }: ScanReading,
): Promise<ScannedPage> {
  const { lines, confidence } = await recognizer.recognize(image, minConfidence);
  const text = lines.map((line) => line.text).join('\n');
  return { number, width: image.width, height: image.height, hasText: lines.length > 0, text, lines, confidence };
}

type Whole = Pick<ParsedDocument, 'pageCount' | 'metadata' | 'attachments' | 'warnings'>;

function withPages(document: Whole, pages: ScannedPage[]): ScannedDocument {
  const { pageCount, metadata, attachments, warnings } = document;
  return {
    pageCount,
    text: pages.map((page) => page.text).join('\n\n'),
    hasText: pages.some(({ hasText }) => hasText),
    pages,
    metadata,
    attachments,
    warnings: [...warnings, ...doubts(pages)],
  };
}

function doubts(pages: ScannedPage[]): DocumentWarning[] {
  const empty = pages.filter(({ hasText }) => !hasText);
  const unsure = pages.filter(({ hasText, confidence }) => hasText && confidence !== null && confidence < UNSURE);
  return [
    warningOf('PAGE_WITHOUT_TEXT', 'No text was recognized', empty),
    warningOf('PAGE_UNSURE', 'What was recognized is hardly sure: another language, or a bad picture?', unsure),
  ].filter(({ pages }) => pages.length > 0);
}

function warningOf(code: string, what: string, pages: ScannedPage[]): DocumentWarning {
  const numbers = pages.map(({ number }) => number);
  const named = numbers.slice(0, 20).join(', ');
  return { code, message: `${what} (page ${named}${numbers.length > 20 ? ', ...' : ''})`, pages: numbers };
}
