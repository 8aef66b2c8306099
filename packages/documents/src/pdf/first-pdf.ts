import { deflateSync } from 'node:zlib';
import { readPdf } from './read-pdf.ts';

/** What is read once is not compiled yet as what is read often. */
const TIMES = 2;

/** Reads a small PDF, so that the library is imported and its code compiled before one that somebody waits for. */
export async function readFirstPdf(): Promise<void> {
  const bytes = firstPdf();
  for (let time = 0; time < TIMES; time++) {
    await readPdf(bytes, { maxPages: 1, signal: new AbortController().signal, onPage() {} });
  }
}

/** All but the page's contents, which is object 7. */
const OBJECTS = [
  '<</Type/Catalog/Pages 2 0 R>>',
  '<</Type/Pages/Kids[3 0 R]/Count 1>>',
  '<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 7 0 R/Resources<</Font<</Regular 4 0 R/Bold 5 0 R>>>>>>',
  '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>',
  '<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>',
  '<</Title(Total)/CreationDate(D:20250101000000Z)>>',
];
const CONTENTS = 7;
const OBJECT_STREAM = 8;
const PLACES = 9;

/**
 * As most programs write PDFs, which takes other code of the library than what is written by hand: objects, and the table
 * of their places, in compressed streams; text in two fonts, and rules.
 */
export function firstPdf(): Uint8Array {
  let file = '%PDF-1.7\n';
  const offsets: number[] = [];
  const addStream = (number: number, entries: string, data: string | Buffer): void => {
    const bytes = deflateSync(data);
    const head = `<<${entries}/Filter/FlateDecode/Length ${bytes.length}>>`;
    offsets.push(file.length);
    file += `${number} 0 obj${head}stream\n${bytes.toString('latin1')}\nendstream endobj\n`;
  };
  addStream(CONTENTS, '', pageContents());
  const index = OBJECTS.map((_, at) => `${at + 1} ${OBJECTS.slice(0, at).join('').length} `).join('');
  addStream(OBJECT_STREAM, `/Type/ObjStm/N ${OBJECTS.length}/First ${index.length}`, index + OBJECTS.join(''));
  const start = file.length;
  // Of each object whether it is unused, in the file or in a stream; its place or that stream's number; its index there.
  const places = [
    [0, 0, 0],
    ...OBJECTS.map((_, at) => [2, OBJECT_STREAM, at] as const),
    ...[...offsets, start].map((offset) => [1, offset, 0] as const),
  ] as const;
  const table = Buffer.from(places.flatMap(([kind, place, at]) => [kind, place >> 8, place & 255, at]));
  addStream(PLACES, `/Type/XRef/W[1 2 1]/Size ${places.length}/Root 1 0 R/Info 6 0 R`, table);
  return new Uint8Array(Buffer.from(`${file}startxref\n${start}\n%%EOF`, 'latin1'));
}

function pageContents(): string {
  const rows = Array.from({ length: 40 }, (_, row) => {
    const y = row * 12;
    const cells = ['Total', `${row}`, '1,234.50 EUR'].map((text, column) => {
      return `BT /${row % 2 === 0 ? 'Regular' : 'Bold'} 9 Tf 1 0 0 1 ${9 + column * 150} ${y} Tm (${text}) Tj ET`;
    });
    return `9 ${y} m 480 ${y} l S ${cells.join(' ')}`;
  });
  return rows.join('\n');
}
