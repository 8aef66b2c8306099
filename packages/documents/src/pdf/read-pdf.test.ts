import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { minimalPdf } from './minimal-pdf.ts';
import { readPdf } from './read-pdf.ts';

async function read(bytes: Uint8Array, options: { pages?: string; maxPages?: number; password?: string } = {}) {
  const pagesDone: number[] = [];
  const { signal } = new AbortController();
  const onPage = (done: number) => void pagesDone.push(done);
  const pdf = await readPdf(bytes, { maxPages: 10, ...options, signal, onPage });
  return { ...pdf, pagesDone };
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

  it('says which pages have no text', async () => {
    const pdf = await read(minimalPdf([[], [{ text: 'x', x: 1, y: 1 }], []]));
    expect(pdf).toMatchObject({
      hasText: true,
      pages: [{ hasText: false, lines: [] }, { hasText: true }, { text: '' }],
    });
    expect(pdf.warnings).toMatchObject([{ code: 'PAGE_WITHOUT_TEXT', pages: [1, 3] }]);
    expect(await read(minimalPdf([[]]))).toMatchObject({ pageCount: 1, text: '', hasText: false });
  });

  it('reads the pages that are asked for, and says what it leaves out', async () => {
    const bytes = minimalPdf(['one', 'two', 'three', 'four'].map((text) => [{ text, x: 50, y: 50 }]));
    expect(await read(bytes, { pages: '4,1-2' })).toMatchObject({
      pageCount: 4,
      text: 'one\n\ntwo\n\nfour',
      warnings: [],
    });
    expect(await read(bytes, { maxPages: 3 })).toMatchObject({
      pageCount: 4,
      text: 'one\n\ntwo\n\nthree',
      warnings: [{ code: 'PAGES_LEFT_OUT' }],
    });
    expect(await read(bytes, { pages: '9' })).toMatchObject({ pages: [], warnings: [{ code: 'NO_PAGES' }] });
  });

  it.each([0, -5])('reads a PDF that counts %d pages as one without text', async (count) => {
    const file = Buffer.from(minimalPdf([])).toString('latin1').replace('/Count 0', `/Count ${count}`);
    expect(await read(Buffer.from(file, 'latin1'))).toMatchObject({ pages: [], text: '', hasText: false });
  });

  it('leaves out a page that is damaged, and reads the others', async () => {
    const bytes = minimalPdf([[{ text: 'first', x: 1, y: 1 }], []]);
    const damaged = Buffer.from(bytes).toString('latin1').replace('[4 0 R 6 0 R]', '[4 0 R 2 0 R]');
    const pdf = await read(Buffer.from(damaged, 'latin1'));
    expect(pdf).toMatchObject({ pageCount: 2, text: 'first', pages: [{ number: 1 }] });
    expect(pdf.warnings).toMatchObject([{ code: 'PAGE_DAMAGED', pages: [2] }]);
  });

  it('reads columns of prose one after the other, and tables by their rows', async () => {
    const column = (name: string, x: number) =>
      Array.from({ length: 8 }, (_, row) => ({
        text: `${name} column line ${row} of running text`,
        x,
        y: 700 - row * 12,
      }));
    const heading = {
      text: 'A heading across both of the columns, which belongs to neither of the two',
      x: 50,
      y: 740,
    };
    const { text } = await read(minimalPdf([[heading, ...column('left', 50), ...column('right', 320)]]));
    expect(text.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'A',
      ...Array(8).fill('left'),
      ...Array(8).fill('right'),
    ]);
    const cells = Array.from({ length: 8 }, (_, row) => [
      { text: `An item of the list, number ${row}`, x: 50, y: 700 - row * 12 },
      { text: `${row}.00`, x: 320, y: 700 - row * 12 },
    ]).flat();
    expect((await read(minimalPdf([cells]))).text).toContain('An item of the list, number 3  3.00\nAn item');
  });

  it('reads filled form fields and notes where they stand', async () => {
    const { pages } = await read(
      minimalPdf(
        [
          [
            { text: 'Name', x: 50, y: 700 },
            { text: 'Below', x: 50, y: 600 },
          ],
        ],
        {
          annotations: [
            '/Subtype /Widget /FT /Tx /T (name) /V (Ada Lovelace) /Rect [100 695 300 715]',
            '/Subtype /Widget /FT /Tx /Ff 8192 /T (secret) /V (hunter2) /Rect [100 655 300 675]',
            '/Subtype /Widget /FT /Tx /F 2 /T (hidden) /V (unseen) /Rect [100 625 300 645]',
            '/Subtype /Text /Contents (call back) /Rect [400 695 420 715]',
          ],
        },
      ),
    );
    expect(pages[0]?.text).toBe('Name  Ada Lovelace\nBelow\ncall back');
  });

  it('reads Japanese in a font that the PDF does not bring along', async () => {
    const descendant =
      '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Ryumin-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> >>';
    const font = `<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin-Light /Encoding /90ms-RKSJ-H /DescendantFonts [${descendant}] >>`;
    const inShiftJis = '\x82\xa0\x82\xa2';
    expect((await read(minimalPdf([[{ text: inShiftJis, x: 50, y: 50 }]], { font }))).text).toBe('あい');
  });

  it('reads a PDF that encrypts nothing but its attachments', async () => {
    const bytes = minimalPdf([[{ text: 'open to all', x: 50, y: 50 }]], { encrypted: 'attachments' });
    expect((await read(bytes)).text).toBe('open to all');
  });

  it('fails cleanly when a few bytes inflate to more than memory', async () => {
    // A stream of blocks that do not look back can be repeated without deflating it all.
    const block = deflateSync(Buffer.alloc(1024 * 1024, ' '), { finishFlush: constants.Z_FULL_FLUSH });
    const blocks = Array.from({ length: 300 }, () => block.subarray(2));
    const pipe = deflateSync(Buffer.concat([block.subarray(0, 2), ...blocks]));
    const bytes = minimalPdf([[]], { stream: { bytes: pipe, filters: '[/FlateDecode /FlateDecode]' } });
    expect(bytes.length).toBeLessThan(10_000);
    const before = process.memoryUsage().arrayBuffers;
    await expect(read(bytes)).rejects.toMatchObject({ code: 'PDF_INFLATES_TOO_FAR' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300 * 1024 * 1024);
  });

  it.each([
    ['no PDF', new TextEncoder().encode('Dear Sir or Madam'), 'PDF_INVALID'],
    ['nothing', new Uint8Array(0), 'PDF_INVALID'],
    ['half a header', new TextEncoder().encode('%PDF-1.4\n'), 'PDF_INVALID'],
    ['a PDF with a password', minimalPdf([[]], { encrypted: true }), 'PDF_ENCRYPTED'],
  ])('refuses %s', async (_what, bytes, code) => {
    await expect(read(bytes)).rejects.toMatchObject({ name: 'DocumentError', code });
  });

  it('tells a wrong password from a missing one', async () => {
    const bytes = minimalPdf([[]], { encrypted: true });
    await expect(read(bytes, { password: 'guess' })).rejects.toMatchObject({ code: 'PDF_PASSWORD_WRONG' });
  });

  it('leaves the bytes to their owner', async () => {
    const bytes = new Uint8Array(minimalPdf([[{ text: 'x', x: 1, y: 1 }]]));
    await read(bytes);
    expect(bytes.byteLength).toBeGreaterThan(0);
    expect((await read(bytes)).text).toBe('x');
  });
});

const REAL_DOCUMENTS = join(import.meta.dirname, '../../../../../shared/data/documents');

describe.skipIf(!existsSync(REAL_DOCUMENTS))('real documents', () => {
  it.each([
    ['annotation-text-widget.pdf', 'Single line, combs  abcdefghijklmnopqrstuvwxyz'],
    ['noembed-sjis.pdf', 'あいうえお'],
    ['arial_unicode_en_cidfont.pdf', 'This is an Arial Unicode PDF\nfrom OpenOffice.'],
    ['issue16538.pdf', '標準 マーケットモデルは 2 次元で説明する'],
    ['Pages-tree-refs.pdf', 'Pages loop'],
    ['encrypted-attachment.pdf', 'Example'],
    [
      'multi-column-2p.pdf',
      'Open-domain question answering relies on ef-\nficient passage retrieval to select candidate\n',
    ],
  ])('%s has the text it shows', async (name, text) => {
    expect((await read(readFileSync(join(REAL_DOCUMENTS, name)))).text).toContain(text);
  });

  it('says that a scan has no text', async () => {
    expect(await read(readFileSync(join(REAL_DOCUMENTS, 'loremipsum-flat.pdf')))).toMatchObject({
      hasText: false,
      warnings: [{ code: 'PAGE_WITHOUT_TEXT', pages: [1] }],
    });
  });
});
