import { describe, expect, it } from 'vitest';
import { minimalPdf } from './minimal-pdf.ts';
import { readPdf } from './read-pdf.ts';

function read(bytes: Uint8Array, maxPages = 10) {
  const pagesDone: number[] = [];
  const limits = {
    maxPages,
    signal: new AbortController().signal,
    onPage: (done: number) => void pagesDone.push(done),
  };
  return readPdf(bytes, limits).then((pdf) => ({ ...pdf, pagesDone }));
}

describe('readPdf', () => {
  it('gives pages, lines in reading order, boxes and metadata', async () => {
    const bytes = minimalPdf([
      [
        { text: '42.00', x: 500, y: 600 },
        { text: 'Total', x: 50, y: 600 },
        { text: 'Heading', x: 50, y: 740, size: 20 },
      ],
      [{ text: 'Second page', x: 50, y: 700 }],
    ]);
    const pdf = await read(bytes);
    expect(pdf).toMatchObject({
      pageCount: 2,
      pagesDone: [1, 2],
      text: 'Heading\nTotal  42.00\n\nSecond page',
      metadata: { title: 'A test', author: null, createdAt: '2025-01-02T03:04:05.000Z' },
    });
    expect(pdf.pages[0]).toMatchObject({ number: 1, width: 600, height: 800, text: 'Heading\nTotal  42.00' });
    expect(pdf.pages[0]?.lines[1]).toEqual({
      text: 'Total  42.00',
      x: 50,
      y: 190,
      width: expect.closeTo(475, -1),
      height: 10,
      spans: [
        { text: 'Total', x: 50, y: 190, width: expect.closeTo(22.23, 2), height: 10 },
        { text: '42.00', x: 500, y: 190, width: expect.closeTo(25, -1), height: 10 },
      ],
    });
  });

  it('reads a page the way it is turned', async () => {
    const bytes = minimalPdf([[{ text: 'sideways on paper', x: 100, y: 50, angle: 90 }]], { rotate: 90 });
    const { pages } = await read(bytes);
    expect(pages[0]).toMatchObject({ width: 800, height: 600, text: 'sideways on paper' });
    expect(pages[0]?.lines[0]).toMatchObject({ x: 50, y: 90 });
  });

  it('keeps text at an angle out of the lines it crosses', async () => {
    const { text } = await read(
      minimalPdf([
        [
          { text: 'level', x: 50, y: 400 },
          { text: 'COPY', x: 300, y: 400, angle: 90 },
        ],
      ]),
    );
    expect(text.split('\n').sort()).toEqual(['COPY', 'level']);
  });

  it('gives an empty text for pages without any', async () => {
    expect(await read(minimalPdf([[]]))).toMatchObject({ pageCount: 1, text: '', pages: [{ lines: [] }] });
  });

  it.each([
    ['no PDF', new TextEncoder().encode('Dear Sir or Madam'), 'PDF_INVALID'],
    ['nothing', new Uint8Array(0), 'PDF_INVALID'],
    ['half a header', new TextEncoder().encode('%PDF-1.4\n'), 'PDF_INVALID'],
    ['a PDF with a password', minimalPdf([[]], { encrypted: true }), 'PDF_ENCRYPTED'],
    ['too many pages', minimalPdf(Array.from({ length: 11 }, () => [])), 'PDF_TOO_MANY_PAGES'],
  ])('refuses %s', async (_what, bytes, code) => {
    await expect(read(bytes)).rejects.toMatchObject({ name: 'ModuleError', code });
  });

  it('leaves the bytes to their owner', async () => {
    const bytes = new Uint8Array(minimalPdf([[{ text: 'x', x: 1, y: 1 }]]));
    await read(bytes);
    expect(bytes.byteLength).toBeGreaterThan(0);
    expect((await read(bytes)).text).toBe('x');
  });
});
