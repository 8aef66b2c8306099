import { deflateSync } from 'node:zlib';
import { readPdf } from './read-pdf.ts';

/** What is read once is not compiled yet as what is read often. */
const TIMES = 3;

/** Reads a small PDF, so that the library is imported and its code compiled before one that somebody waits for. */
export async function readFirstPdf(): Promise<void> {
  for (let time = 0; time < TIMES; time++) await readOnce();
}

async function readOnce(): Promise<void> {
  await readPdf(firstPdf(), { maxPages: 1, signal: new AbortController().signal, onPage() {} });
}

/** Compressed text in two fonts, as in most PDFs. */
function firstPdf(): Uint8Array {
  const lines = Array.from({ length: 40 }, (_, line) => {
    return `BT /${line % 2 === 0 ? 'Regular' : 'Bold'} 9 Tf 1 0 0 1 9 ${line * 12} Tm (Total 1,234.50 EUR) Tj ET`;
  });
  const page = deflateSync(lines.join('\n')).toString('latin1');
  const file = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R/Resources<</Font<</Regular 5 0 R/Bold 6 0 R>>>>>>endobj
4 0 obj<</Length ${page.length}/Filter/FlateDecode>>stream
${page}
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>endobj
6 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>endobj
trailer<</Root 1 0 R>>`;
  return new Uint8Array(Buffer.from(file, 'latin1'));
}
