import { sanitizeJson } from '@gantry/domain/sanitize-json';
import { ModuleError } from '@gantry/module-sdk/module-error';
import { getDocumentProxy, getMeta } from 'unpdf';
import { type DrawnText, layOutLines, type TextLine } from './text-layout.ts';

type Document = Awaited<ReturnType<typeof getDocumentProxy>>;
type Page = Awaited<ReturnType<Document['getPage']>>;
type PageItem = Awaited<ReturnType<Page['getTextContent']>>['items'][number];

export interface ParsedPage {
  number: number;
  /** In points, as the page is shown (its rotation applied). */
  width: number;
  height: number;
  text: string;
  lines: TextLine[];
}

export interface ParsedPdf {
  pageCount: number;
  text: string;
  pages: ParsedPage[];
  metadata: Record<'title' | 'author' | 'subject' | 'creator' | 'producer' | 'createdAt' | 'modifiedAt', string | null>;
}

interface ReadLimits {
  maxPages: number;
  signal: AbortSignal;
  onPage: (done: number, pageCount: number) => void;
}

/** Text and layout of a PDF. Throws PDF_INVALID, PDF_ENCRYPTED, PDF_TOO_MANY_PAGES. */
export async function readPdf(bytes: Uint8Array, { maxPages, signal, onPage }: ReadLimits): Promise<ParsedPdf> {
  const document = await openPdf(bytes);
  try {
    const pageCount = document.numPages;
    if (pageCount > maxPages) {
      throw new ModuleError('PDF_TOO_MANY_PAGES', `The PDF has ${pageCount} pages; at most ${maxPages} are read`);
    }
    const pages: ParsedPage[] = [];
    for (let number = 1; number <= pageCount; number++) {
      signal.throwIfAborted();
      pages.push(await readPage(document, number));
      onPage(number, pageCount);
    }
    const text = pages.map((page) => page.text).join('\n\n');
    return { pageCount, text, pages, metadata: await readMetadata(document) };
  } finally {
    await document.loadingTask.destroy();
  }
}

async function openPdf(bytes: Uint8Array): Promise<Document> {
  try {
    // A copy: the library takes the buffer over.
    return await getDocumentProxy(new Uint8Array(bytes), {
      verbosity: 0,
      disableFontFace: true,
      useSystemFonts: false,
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException') {
      throw new ModuleError('PDF_ENCRYPTED', 'The PDF can only be opened with a password', { cause: error });
    }
    throw invalidPdf('The file is not a PDF, or it is damaged', error);
  }
}

async function readPage(document: Document, number: number): Promise<ParsedPage> {
  try {
    const page = await document.getPage(number);
    const { width, height, transform } = page.getViewport({ scale: 1 });
    const { items } = await page.getTextContent();
    const lines = layOutLines(items.flatMap((item) => drawnText(item, transform)));
    page.cleanup();
    return { number, width, height, text: lines.map((line) => line.text).join('\n'), lines };
  } catch (error) {
    throw invalidPdf(`Page ${number} of the PDF is damaged`, error);
  }
}

/** A text item in the coordinates of the page as it is shown: `view` applies the page's rotation and box. */
function drawnText(item: PageItem, view: number[]): DrawnText[] {
  if (!('str' in item) || item.str === '') return [];
  const [acrossX, acrossY, upX, upY, x, y] = multiply(view, item.transform);
  return [
    {
      text: sanitizeJson(item.str),
      x,
      baseline: y,
      width: item.width,
      height: Math.hypot(upX, upY),
      rightToLeft: item.dir === 'rtl',
      rotated: acrossX <= 0 || Math.abs(acrossY) > 0.05 * acrossX,
    },
  ];
}

type Matrix = [number, number, number, number, number, number];

function multiply(outer: number[], inner: number[]): Matrix {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = outer;
  const [p = 1, q = 0, r = 0, s = 1, t = 0, u = 0] = inner;
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
}

async function readMetadata(document: Document): Promise<ParsedPdf['metadata']> {
  const { info } = await getMeta(document, { parseDates: true });
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
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function invalidPdf(problem: string, cause: unknown): ModuleError {
  const reason = cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : '';
  return new ModuleError('PDF_INVALID', `${problem}${reason}`, { cause });
}
