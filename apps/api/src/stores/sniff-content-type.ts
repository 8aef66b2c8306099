import { fileTypeFromBuffer } from 'file-type';

/** So many bytes tell what a file is. */
export const SNIFFED_BYTES = 4_100;

/** What other formats are made of: whoever names one of those knows better. */
const CONTAINERS = new Set(['application/zip', 'application/x-cfb', 'application/xml', 'application/gzip']);

/** The type of a file by its first bytes; as it was declared when they tell none, or no more than that. */
export async function sniffContentType(head: Uint8Array, declared: string): Promise<string> {
  const found = (await fileTypeFromBuffer(head).catch(() => undefined))?.mime ?? tiffType(head);
  if (found === undefined) return declared;
  return CONTAINERS.has(found) && declared !== 'application/octet-stream' ? declared : found;
}

/** Where the directory of a TIFF lies behind its first bytes, the library gives up. */
function tiffType(head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, 4)).toString('latin1');
  return /^(?:II[*+]\0|MM\0[*+])$/.test(start) ? 'image/tiff' : undefined;
}
