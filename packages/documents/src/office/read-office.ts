import { DocumentError } from '../document-error.ts';
import {
  type Attachment,
  type DocumentMetadata,
  type DocumentWarning,
  NO_METADATA,
  type ParsedDocument,
} from '../parsed-document.ts';
import { type Block, layOutPage } from '../text-page.ts';
import { decodeText } from './decode-text.ts';
import type { OfficeFormat } from './office-format.ts';

interface OfficeDocument {
  /** Of each page, sheet or slide. */
  pages: Block[][];
  metadata?: Partial<DocumentMetadata>;
  attachments?: Attachment[];
}

type OwnFormat = Exclude<OfficeFormat, 'pdf'>;

/** Each loads its library when it is needed. */
const READERS: Record<OwnFormat, (bytes: Uint8Array) => Promise<OfficeDocument>> = {
  docx: async (bytes) => fromPackage(bytes, (await import('./read-docx.ts')).readDocx),
  xlsx: async (bytes) => fromPackage(bytes, (await import('./read-xlsx.ts')).readXlsx),
  pptx: async (bytes) => fromPackage(bytes, (await import('./read-pptx.ts')).readPptx),
  html: async (bytes) => ({ pages: [(await import('./read-html.ts')).readHtml(decodeText(bytes))] }),
  csv: async (bytes) => ({ pages: [(await import('./read-csv.ts')).readCsv(decodeText(bytes))] }),
  txt: async (bytes) => ({
    pages: decodeText(bytes)
      .split('\f')
      .map((text) => [{ kind: 'fixed', text }]),
  }),
  eml: async (bytes) => fromMail(await (await import('./read-mail.ts')).readEml(bytes)),
  msg: async (bytes) => fromMail(await (await import('./read-mail.ts')).readMsg(bytes)),
};

/** Text and layout of a document, in the shape that a PDF is read in. Throws OFFICE_INVALID, OFFICE_INFLATES_TOO_FAR. */
export async function readOffice(
  bytes: Uint8Array,
  format: OwnFormat,
  { maxPages }: { maxPages: number },
): Promise<ParsedDocument> {
  const { pages: blocks, metadata = {}, attachments = [] } = await read(bytes, format);
  const pages = blocks.slice(0, maxPages).map((page, index) => layOutPage(index + 1, page));
  const hasText = pages.some((page) => page.hasText);
  const warnings: DocumentWarning[] = [];
  if (blocks.length > maxPages) {
    const message = `The document has ${blocks.length} pages; the first ${maxPages} are read`;
    warnings.push({ code: 'PAGES_LEFT_OUT', message, pages: [] });
  }
  if (!hasText) warnings.push({ code: 'PAGE_WITHOUT_TEXT', message: 'The document has no text', pages: [] });
  return {
    pageCount: blocks.length,
    text: pages.map(({ text }) => text).join('\n\n'),
    hasText,
    pages,
    metadata: { ...NO_METADATA, ...metadata },
    attachments,
    warnings,
  };
}

async function read(bytes: Uint8Array, format: OwnFormat): Promise<OfficeDocument> {
  try {
    return await READERS[format](bytes);
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    const reason = error instanceof Error ? `: ${error.message}` : '';
    throw new DocumentError('OFFICE_INVALID', `The file is no ${format}, or it is damaged${reason}`, { cause: error });
  }
}

async function fromPackage(
  bytes: Uint8Array,
  readPages: (files: Map<string, string>) => Block[][],
): Promise<OfficeDocument> {
  const [{ readPackage }, { parseOrdered, descendants, textBelow }] = await Promise.all([
    import('./office-package.ts'),
    import('./ordered-xml.ts'),
  ]);
  const files = readPackage(bytes);
  const core = parseOrdered(files.get('docProps/core.xml') ?? '');
  const property = (name: string) => {
    const [element] = descendants(core, name);
    const text = element === undefined ? '' : textBelow(element).trim();
    return text === '' ? null : text.slice(0, 1_000);
  };
  return {
    pages: readPages(files),
    metadata: {
      title: property('title'),
      author: property('creator'),
      subject: property('subject'),
      createdAt: property('created'),
      modifiedAt: property('modified'),
    },
  };
}

function fromMail({
  blocks,
  metadata,
  attachments,
}: Awaited<ReturnType<typeof import('./read-mail.ts').readEml>>): OfficeDocument {
  return { pages: [blocks], metadata, attachments };
}
