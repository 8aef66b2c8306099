export const OFFICE_FORMATS = ['docx', 'xlsx', 'pptx', 'html', 'eml', 'msg', 'csv', 'txt', 'pdf'] as const;
export type OfficeFormat = (typeof OFFICE_FORMATS)[number];

const HEAD_BYTES = 4_096;
const MAIL_HEADER =
  /^(?:from|to|subject|date|received|return-path|delivered-to|mime-version|message-id|x-[\w-]+|dkim-signature): ?\S/i;

/** What kind of file the bytes are, by what they begin with and, where text says little, by the name; null for others. */
export function detectFormat(bytes: Uint8Array, name: string | null): OfficeFormat | null {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  if (head.startsWith('PK')) return packageFormat(bytes);
  if (head.startsWith('\xd0\xcf\x11\xe0')) return 'msg';
  if (/^\s*%PDF-/.test(head)) return 'pdf';
  if (isBinary(bytes)) return null;
  const text = head
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .replaceAll('\0', '')
    .trimStart();
  if (/^(?:<!--[\s\S]*?-->\s*|<\?xml[^>]*>\s*)*<(?:!doctype html|html|head|body|table|div|p)[\s>]/i.test(text))
    return 'html';
  const [first = '', second = ''] = text.split(/\r\n?|\n/);
  if (MAIL_HEADER.test(first) && (MAIL_HEADER.test(second) || /^\s|^[\w-]+:/.test(second))) return 'eml';
  return /\.(?:csv|tsv)$/i.test(name ?? '') ? 'csv' : 'txt';
}

/** The names of the files are at the end of the package, not compressed. */
function packageFormat(bytes: Uint8Array): OfficeFormat | null {
  const names = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (names.includes('word/document.xml')) return 'docx';
  if (names.includes('xl/workbook.xml')) return 'xlsx';
  return names.includes('ppt/presentation.xml') ? 'pptx' : null;
}

/** Texts have no NUL, but for those in UTF-16, which begin with a mark. */
function isBinary(bytes: Uint8Array): boolean {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return !isUtf16 && bytes.subarray(0, HEAD_BYTES).includes(0);
}
