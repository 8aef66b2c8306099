import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DocumentError, reasonOf } from '../document-error.ts';
import { withoutAttachmentEncryption } from './attachment-encryption.ts';
import { countBytesOfLibrary } from './inflation-budget.ts';

type GetDocumentProxy = typeof import('unpdf').getDocumentProxy;

export type PdfDocument = Awaited<ReturnType<GetDocumentProxy>>;
export type PdfPage = Awaited<ReturnType<PdfDocument['getPage']>>;

/** Fonts and character maps that PDFs may take for granted; the library reads them from there when one does. */
const require = createRequire(import.meta.url);
const ASSETS = dirname(require.resolve('pdfjs-dist/package.json'));

/**
 * Opens a PDF. Throws PDF_INVALID, PDF_ENCRYPTED, PDF_PASSWORD_WRONG.
 * @param use.drawn its pages are drawn, not only read
 */
export async function openPdf(
  bytes: Uint8Array,
  password: string | undefined,
  use: { drawn?: boolean } = {},
): Promise<PdfDocument> {
  countBytesOfLibrary();
  const { getDocumentProxy, createIsomorphicCanvasFactory } = await import('unpdf');
  const CanvasFactory = use.drawn && (await createIsomorphicCanvasFactory(() => import('@napi-rs/canvas')));
  const open = (file: Uint8Array) =>
    getDocumentProxy(file, {
      verbosity: 0,
      disableFontFace: true,
      useSystemFonts: false,
      cMapUrl: join(ASSETS, 'cmaps/'),
      standardFontDataUrl: join(ASSETS, 'standard_fonts/'),
      wasmUrl: join(ASSETS, 'wasm/'),
      ...(CanvasFactory && { CanvasFactory }),
      ...(password === undefined ? {} : { password }),
    });
  try {
    // A copy: the library takes the buffer over.
    return await open(new Uint8Array(bytes));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'PasswordException') {
      throw invalidPdf('The file is not a PDF, or it is damaged', error);
    }
    const readable = withoutAttachmentEncryption(bytes);
    if (readable !== null) return await open(readable);
    if (password !== undefined) {
      throw new DocumentError('PDF_PASSWORD_WRONG', 'password: it does not open the PDF', { cause: error });
    }
    throw new DocumentError('PDF_ENCRYPTED', 'The PDF can only be opened with a password', { cause: error });
  }
}

function invalidPdf(problem: string, cause: unknown): DocumentError {
  return new DocumentError('PDF_INVALID', `${problem}${reasonOf(cause)}`, { cause });
}
