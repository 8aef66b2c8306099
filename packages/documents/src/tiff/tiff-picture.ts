import { inflateSync } from 'node:zlib';
import { DocumentError } from '../document-error.ts';
import { TAG, type TiffPage } from './tiff-page.ts';

/** How the picture of a page is stored: in strips of so many rows, each compressed by itself. */
export interface TiffPicture {
  width: number;
  height: number;
  compression: number;
  rowsPerStrip: number;
  strips: Uint8Array[];
}

export const COMPRESSION = { none: 1, jpeg: 7 } as const;
const DEFLATE = [8, 32_946];
/** Besides those: fax (groups 3 and 4), LZW and PackBits. */
const READABLE: readonly number[] = [...Object.values(COMPRESSION), ...DEFLATE, 2, 3, 4, 5, 32_773];

/** An A3 page at 600 dots to the inch has 70 million. */
const MAX_PIXELS = 100_000_000;
const MAX_SAMPLES = 5;

/** Why the picture of one page cannot be read. */
export function damagedPicture(problem: string, cause?: unknown): DocumentError {
  return new DocumentError('IMAGE_INVALID', problem, { cause });
}

/** Throws IMAGE_INVALID for what is no scan that can be read, or takes too much memory. */
export function tiffPicture(page: TiffPage): TiffPicture {
  const width = page.number(TAG.imageWidth, 0);
  const height = page.number(TAG.imageLength, 0);
  if (width < 1 || height < 1) throw damagedPicture('it has no picture');
  if (width * height > MAX_PIXELS) {
    throw damagedPicture(`${width} x ${height} pixels are more than the ${MAX_PIXELS} that are read`);
  }
  const compression = page.number(TAG.compression, COMPRESSION.none);
  if (!READABLE.includes(compression)) throw damagedPicture(`its compression (${compression}) is none that is read`);
  const samples = page.number(TAG.samplesPerPixel, 1);
  if (samples > MAX_SAMPLES) throw damagedPicture(`it has ${samples} samples a pixel`);
  const rowsPerStrip = Math.min(height, Math.max(1, page.number(TAG.rowsPerStrip, height)));
  const planes = page.number(TAG.planarConfiguration, 1) === 2 ? samples : 1;
  const strips = stripsOf(page, Math.ceil(height / rowsPerStrip) * planes);
  const picture = { width, height, compression, rowsPerStrip, strips };
  return DEFLATE.includes(compression) ? inflated(page, picture, samples / planes) : picture;
}

function stripsOf(page: TiffPage, count: number): Uint8Array[] {
  const offsets = page.numbers(TAG.stripOffsets, count);
  const sizes = page.numbers(TAG.stripByteCounts, count);
  if (offsets.length !== count || sizes.length !== count) {
    throw damagedPicture('its picture is not stored in strips, or not all of them are there');
  }
  const strips = offsets.map((offset, index) => page.file.subarray(offset, offset + (sizes[index] ?? 0)));
  if (strips.some(({ length }, index) => length !== sizes[index])) throw damagedPicture('it is cut off');
  // Two strips may share bytes, but no real ones do.
  if (strips.reduce((sum, { length }) => sum + length, 0) > page.file.length)
    throw damagedPicture('its strips overlap');
  return strips;
}

/** Without its compression, which Leptonica does not know. */
function inflated(page: TiffPage, picture: TiffPicture, samples: number): TiffPicture {
  const bits = page.number(TAG.bitsPerSample, 1) * samples;
  const rowBytes = Math.ceil((picture.width * bits) / 8);
  const predicted = page.number(TAG.predictor, 1) === 2;
  if (predicted && bits !== samples * 8) throw damagedPicture('its differences are not of 8 bits');
  const strips = picture.strips.map((strip) => {
    const rows = inflate(strip, rowBytes * picture.rowsPerStrip);
    if (predicted) addDifferences(rows, rowBytes, samples);
    return rows;
  });
  return { ...picture, compression: COMPRESSION.none, strips };
}

function inflate(strip: Uint8Array, maxOutputLength: number): Uint8Array {
  try {
    return inflateSync(strip, { maxOutputLength });
  } catch (error) {
    throw damagedPicture('a strip of it is damaged', error);
  }
}

/** Each sample is stored as what it differs by from the one to its left. */
function addDifferences(rows: Uint8Array, rowBytes: number, samples: number): void {
  for (let row = 0; row < rows.length; row += rowBytes) {
    const end = Math.min(row + rowBytes, rows.length);
    for (let at = row + samples; at < end; at++) rows[at] = (rows[at] ?? 0) + (rows[at - samples] ?? 0);
  }
}
