const ENCRYPT_ENTRY = /\/Encrypt(?=[\s<\d])/g;
const STREAM_FILTER = /\/StmF\s*\/(\w+)/;
const STRING_FILTER = /\/StrF\s*\/(\w+)/;
const ATTACHMENT_FILTER = /\/EFF\s*\/(?!Identity\b)\w+/;

/**
 * A copy of a PDF that encrypts its attachments and nothing else, with the mention of that taken out: its pages need no
 * password, but the PDF library asks for one. Null for every other PDF.
 */
export function withoutAttachmentEncryption(bytes: Uint8Array): Uint8Array | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const entries = [...text.matchAll(ENCRYPT_ENTRY)].map(({ index }) => index);
  // What names no filter is not encrypted.
  const isPlain = (filter: RegExp) => (filter.exec(text)?.[1] ?? 'Identity') === 'Identity';
  if (entries.length === 0 || !ATTACHMENT_FILTER.test(text) || !isPlain(STREAM_FILTER) || !isPlain(STRING_FILTER)) {
    return null;
  }
  const copy = new Uint8Array(bytes);
  for (const index of entries) copy.set(Buffer.from('/Encrypx'), index);
  return copy;
}
