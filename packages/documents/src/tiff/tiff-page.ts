import { DocumentError } from '../document-error.ts';

/** What is read of the directory of a page. */
export const TAG = {
  newSubfileType: 254,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  xResolution: 282,
  yResolution: 283,
  planarConfiguration: 284,
  t4Options: 292,
  t6Options: 293,
  resolutionUnit: 296,
  predictor: 317,
  colorMap: 320,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
} as const;

const KNOWN: ReadonlySet<number> = new Set(Object.values(TAG));

/** Bytes of a value, by its type; others than these are not made use of. */
const TYPE_BYTES = new Map([
  [1, 1],
  [3, 2],
  [4, 4],
  [5, 8],
  [7, 1],
]);

interface TiffValue {
  type: number;
  count: number;
  /** As they stand in the file. */
  bytes: Uint8Array;
}

/** A page of a TIFF file as its directory describes it; its picture is looked at later. */
export class TiffPage {
  readonly file: Uint8Array;
  readonly littleEndian: boolean;
  readonly values: ReadonlyMap<number, TiffValue>;

  constructor(file: Uint8Array, littleEndian: boolean, values: ReadonlyMap<number, TiffValue>) {
    this.file = file;
    this.littleEndian = littleEndian;
    this.values = values;
  }

  /** The first number of a value. */
  number(tag: number, absent: number): number {
    const value = this.values.get(tag);
    return value === undefined ? absent : this.#numberAt(value, 0);
  }

  /** All numbers of a value; none when it is absent, or has more than `atMost`. */
  numbers(tag: number, atMost: number): number[] {
    const value = this.values.get(tag);
    if (value === undefined || value.count > atMost) return [];
    return Array.from({ length: value.count }, (_, index) => this.#numberAt(value, index));
  }

  #numberAt({ type, bytes }: TiffValue, index: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = TYPE_BYTES.get(type) ?? 1;
    const at = index * size;
    if (size === 1) return view.getUint8(at);
    if (size === 2) return view.getUint16(at, this.littleEndian);
    const number = view.getUint32(at, this.littleEndian);
    return size === 4 ? number : number / view.getUint32(at + 4, this.littleEndian);
  }
}

/** A scanner's feeder takes some hundred pages. */
const MAX_PAGES = 10_000;

/** Small pictures of the pages, and masks that say what of them is transparent. */
const NO_PAGE = 1 | 4;

export function isTiff(bytes: Uint8Array): boolean {
  const order = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  return ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(order);
}

/** The pages of a TIFF file. Throws IMAGE_INVALID. */
export function tiffPages(file: Uint8Array): TiffPage[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const littleEndian = file[0] === 0x49;
  if (file.length < 8) throw invalidTiff('it is cut off');
  if (view.getUint16(2, littleEndian) !== 42) throw invalidTiff('it is a BigTIFF, which is not read');
  const pages: TiffPage[] = [];
  const seen = new Set<number>();
  for (let at = view.getUint32(4, littleEndian); at !== 0; ) {
    if (seen.has(at)) throw invalidTiff('its pages follow each other in a circle');
    if (seen.size === MAX_PAGES) throw invalidTiff(`it has more than ${MAX_PAGES} pages`);
    seen.add(at);
    const directory = readDirectory(file, view, at, littleEndian);
    if (directory === undefined) throw invalidTiff(`it is cut off: page ${pages.length + 1} lies outside of the file`);
    const page = new TiffPage(file, littleEndian, directory.values);
    if ((page.number(TAG.newSubfileType, 0) & NO_PAGE) === 0) pages.push(page);
    at = directory.next;
  }
  return pages;
}

function invalidTiff(problem: string): DocumentError {
  return new DocumentError('IMAGE_INVALID', `The TIFF cannot be read: ${problem}`);
}

function readDirectory(file: Uint8Array, view: DataView, at: number, littleEndian: boolean) {
  if (at + 2 > file.length) return undefined;
  const end = at + 2 + view.getUint16(at, littleEndian) * 12;
  if (end + 4 > file.length) return undefined;
  const values = new Map<number, TiffValue>();
  for (let entry = at + 2; entry < end; entry += 12) {
    const tag = view.getUint16(entry, littleEndian);
    const type = view.getUint16(entry + 2, littleEndian);
    const count = view.getUint32(entry + 4, littleEndian);
    const bytes = count * (TYPE_BYTES.get(type) ?? 0);
    const from = bytes <= 4 ? entry + 8 : view.getUint32(entry + 8, littleEndian);
    if (!KNOWN.has(tag) || bytes === 0 || from + bytes > file.length) continue;
    values.set(tag, { type, count, bytes: file.subarray(from, from + bytes) });
  }
  return { values, next: view.getUint32(end, littleEndian) };
}
