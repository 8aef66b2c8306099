import { cleanText } from '../clean-text.ts';
import type { Attachment } from '../parsed-document.ts';
import type { PdfDocument } from './pdf-library.ts';

const MAX_ATTACHMENTS = 50;
/** An invoice of thousands of lines has some megabytes of XML. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** The files that a PDF carries, with the text of those that are XML. */
export async function readAttachments(document: PdfDocument): Promise<Attachment[]> {
  const catalog = await document.getAttachments();
  const attachments: Attachment[] = [];
  for (const [key, { filename }] of [...(catalog ?? [])].slice(0, MAX_ATTACHMENTS)) {
    const content = await document.getAttachmentContent(key);
    const name = cleanText(filename);
    attachments.push({ name, bytes: content?.length ?? 0, text: content === null ? null : xmlText(name, content) });
  }
  return attachments;
}

function xmlText(name: string, content: Uint8Array): string | null {
  if (!/\.xml$/i.test(name) || content.length > MAX_TEXT_BYTES) return null;
  // The decoder of a file takes the mark of byte order away.
  const isUtf16 = (content[0] === 0xfe && content[1] === 0xff) || (content[0] === 0xff && content[1] === 0xfe);
  const encoding = isUtf16 ? (content[0] === 0xfe ? 'utf-16be' : 'utf-16le') : declaredEncoding(content);
  return cleanText(new TextDecoder(encoding).decode(content));
}

function declaredEncoding(content: Uint8Array): string {
  const head = Buffer.from(content.subarray(0, 200)).toString('latin1');
  const declared = /^[^<]*<\?xml[^>]*encoding=["']([\w-]+)["']/.exec(head)?.[1];
  return declared !== undefined && /^(?:iso-8859-\d+|windows-125\d)$/i.test(declared) ? declared : 'utf-8';
}
