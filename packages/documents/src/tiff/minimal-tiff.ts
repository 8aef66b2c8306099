import { deflateSync } from 'node:zlib';

/** A picture of grey levels, row by row. */
export interface GreyPicture {
  width: number;
  height: number;
  pixels: Uint8Array;
}

interface MinimalPage {
  picture: GreyPicture;
  /** JPEG needs the bytes of one; none and deflate are made of the picture. */
  compression?: 'none' | 'deflate' | { jpeg: Uint8Array } | number;
  rowsPerStrip?: number;
  dpi?: number;
  /** A small picture of the page before. */
  thumbnail?: boolean;
}

const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;

/** A TIFF for tests, written by hand, with the most significant byte first. */
export function minimalTiff(pages: MinimalPage[]): Buffer {
  const parts: Buffer[] = [];
  let end = 8;
  const append = (bytes: Uint8Array): number => {
    const at = end;
    parts.push(Buffer.from(bytes));
    end += bytes.length;
    return at;
  };
  const directories = pages.map(({ picture, compression = 'none', dpi = 150, thumbnail = false, ...page }) => {
    const { width, height } = picture;
    const rowsPerStrip = page.rowsPerStrip ?? height;
    const strips = typeof compression === 'object' ? [compression.jpeg] : stripsOf(picture, rowsPerStrip, compression);
    const offsets = numbers(strips.map(append));
    const sizes = numbers(strips.map(({ length }) => length));
    const entries: [tag: number, type: number, value: Buffer][] = [
      [254, LONG, numbers([thumbnail ? 1 : 0])],
      [256, LONG, numbers([width])],
      [257, LONG, numbers([height])],
      [258, SHORT, short(8)],
      [259, SHORT, short(codeOf(compression))],
      [262, SHORT, short(1)],
      [273, LONG, offsets],
      [278, LONG, numbers([rowsPerStrip])],
      [279, LONG, sizes],
      [282, RATIONAL, numbers([dpi, 1])],
      [283, RATIONAL, numbers([dpi, 1])],
      [317, SHORT, short(compression === 'deflate' ? 2 : 1)],
    ];
    return entries.map(([tag, type, value]) => {
      const entry = Buffer.alloc(12);
      entry.writeUInt16BE(tag, 0);
      entry.writeUInt16BE(type, 2);
      entry.writeUInt32BE(type === SHORT ? 1 : value.length / (type === RATIONAL ? 8 : 4), 4);
      if (value.length > 4) entry.writeUInt32BE(append(value), 8);
      else value.copy(entry, 8);
      return entry;
    });
  });
  const header = Buffer.from('MM\0*\0\0\0\0', 'latin1');
  header.writeUInt32BE(end, 4);
  for (const [index, entries] of directories.entries()) {
    const bytes = 2 + entries.length * 12 + 4;
    append(
      Buffer.concat([
        short(entries.length).subarray(0, 2),
        ...entries,
        numbers([index + 1 < directories.length ? end + bytes : 0]),
      ]),
    );
  }
  return Buffer.concat([header, ...parts]);
}

function stripsOf({ width, height, pixels }: GreyPicture, rowsPerStrip: number, compression: unknown): Uint8Array[] {
  return Array.from({ length: Math.ceil(height / rowsPerStrip) }, (_, index) => {
    const rows = pixels.slice(index * rowsPerStrip * width, (index + 1) * rowsPerStrip * width);
    return compression === 'deflate' ? deflateSync(differences(rows, width)) : rows;
  });
}

/** Each pixel as what it differs by from the one to its left. */
function differences(rows: Uint8Array, width: number): Uint8Array {
  return rows.map((level, at) => (at % width === 0 ? level : level - (rows[at - 1] ?? 0)));
}

function codeOf(compression: MinimalPage['compression']): number {
  if (typeof compression === 'number') return compression;
  if (typeof compression === 'object') return 7;
  return compression === 'deflate' ? 8 : 1;
}

function short(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16BE(number);
  return bytes;
}

function numbers(list: readonly number[]): Buffer {
  const bytes = Buffer.alloc(list.length * 4);
  for (const [index, number] of list.entries()) bytes.writeUInt32BE(number, index * 4);
  return bytes;
}
