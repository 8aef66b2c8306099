import { TAG, type TiffPage } from './tiff-page.ts';
import type { TiffPicture } from './tiff-picture.ts';

/** The place of a picture is told anew, the turning of it is ours, and JPEG is read elsewhere. */
const OMITTED: ReadonlySet<number> = new Set([
  TAG.newSubfileType,
  TAG.compression,
  TAG.stripOffsets,
  TAG.stripByteCounts,
  TAG.orientation,
  TAG.jpegTables,
]);

const SHORT = 3;
const LONG = 4;
const HEADER_BYTES = 8;

/** A TIFF file of this page alone, and of nothing else of what its file has. */
export function singlePage(page: TiffPage, { compression, strips }: TiffPicture): Uint8Array {
  const { littleEndian } = page;
  const parts: Uint8Array[] = [];
  let end = HEADER_BYTES;
  const append = (bytes: Uint8Array): number => {
    const at = end;
    parts.push(bytes, new Uint8Array(bytes.length % 2));
    end += bytes.length + (bytes.length % 2);
    return at;
  };
  const offsets = strips.map(append);
  const values = [
    ...[...page.values].filter(([tag]) => !OMITTED.has(tag)),
    ...[
      [TAG.compression, SHORT, [compression]] as const,
      [TAG.stripOffsets, LONG, offsets] as const,
      [TAG.stripByteCounts, LONG, strips.map(({ length }) => length)] as const,
    ].map(([tag, type, numbers]) => {
      const bytes = numberBytes(numbers, type === SHORT ? 2 : 4, littleEndian);
      return [tag, { type, count: numbers.length, bytes }] as const;
    }),
  ].sort(([one], [other]) => one - other);
  const directory = new DataView(new ArrayBuffer(2 + values.length * 12 + 4));
  directory.setUint16(0, values.length, littleEndian);
  for (const [index, [tag, { type, count, bytes }]] of values.entries()) {
    const entry = 2 + index * 12;
    directory.setUint16(entry, tag, littleEndian);
    directory.setUint16(entry + 2, type, littleEndian);
    directory.setUint32(entry + 4, count, littleEndian);
    if (bytes.length > 4) directory.setUint32(entry + 8, append(bytes), littleEndian);
    else new Uint8Array(directory.buffer).set(bytes, entry + 8);
  }
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint16(0, littleEndian ? 0x4949 : 0x4d4d);
  header.setUint16(2, 42, littleEndian);
  header.setUint32(4, append(new Uint8Array(directory.buffer)), littleEndian);
  return Buffer.concat([new Uint8Array(header.buffer), ...parts]);
}

function numberBytes(numbers: readonly number[], size: 2 | 4, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(numbers.length * size));
  for (const [index, number] of numbers.entries()) {
    if (size === 2) view.setUint16(index * size, number, littleEndian);
    else view.setUint32(index * size, number, littleEndian);
  }
  return new Uint8Array(view.buffer);
}
