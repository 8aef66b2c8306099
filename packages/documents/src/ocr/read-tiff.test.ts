import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { expect, test } from 'vitest';
import { openPdfDrawing } from '../pdf/draw-pdf.ts';
import { minimalPdf } from '../pdf/minimal-pdf.ts';
import { type GreyPicture, minimalTiff } from '../tiff/minimal-tiff.ts';
import { readScan, type ScannedPage, type ScanReading } from './read-scan.ts';

const reading = (given: Partial<ScanReading> = {}): ScanReading => ({
  languages: ['deu'],
  everyPage: false,
  maxPages: 10,
  dpi: 150,
  minConfidence: 0.3,
  signal: new AbortController().signal,
  onPage: () => {},
  ...given,
});

const DPI = 150;

async function pictureOf(text: string): Promise<GreyPicture> {
  const drawing = await openPdfDrawing(minimalPdf([[{ text, x: 60, y: 700, size: 20 }]]), {
    dpi: DPI,
    password: undefined,
  });
  const { pgm } = await drawing.page(1);
  await drawing.close();
  const [, width = 0, height = 0] = Buffer.from(pgm.subarray(0, 20)).toString('latin1').split(/\s/).map(Number);
  return { width, height, pixels: pgm.slice(pgm.length - width * height) };
}

async function jpegOf({ width, height, pixels }: GreyPicture): Promise<Uint8Array> {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  for (const [index, grey] of pixels.entries()) image.data.set([grey, grey, grey, 255], index * 4);
  context.putImageData(image, 0, 0);
  return canvas.encode('jpeg');
}

test('a scan of several pages is read page by page, from where an attempt before came to', async () => {
  const [first, second, third] = await Promise.all(['Erste Seite', 'Zweite Seite', 'Dritte Seite'].map(pictureOf));
  if (first === undefined || second === undefined || third === undefined) throw new Error('No pictures');
  const small: GreyPicture = { width: 4, height: 4, pixels: new Uint8Array(16) };
  const tiff = minimalTiff([
    { picture: first, rowsPerStrip: 16 },
    { picture: small, thumbnail: true },
    { picture: second, rowsPerStrip: 100, compression: 'deflate' },
    { picture: third, compression: { jpeg: await jpegOf(third) } },
  ]);
  const looked = new Map<number, ScannedPage>();
  const seen: [number, number][] = [];
  const onPage = (done: number, pages: number) => void seen.push([done, pages]);
  const onLooked = async (page: ScannedPage) => void looked.set(page.number, page);
  expect(await readScan(tiff, reading({ maxPages: 2, onPage, onLooked }))).toMatchObject({
    pageCount: 3,
    text: 'Erste Seite\n\nZweite Seite',
    warnings: [{ code: 'PAGES_LEFT_OUT' }],
  });
  expect(seen).toEqual([
    [1, 2],
    [2, 2],
  ]);
  seen.length = 0;
  const document = await readScan(tiff, reading({ onPage, looked }));
  expect(document).toMatchObject({ pageCount: 3, text: 'Erste Seite\n\nZweite Seite\n\nDritte Seite', warnings: [] });
  expect(seen).toEqual([[3, 3]]);
  const [line] = document.pages[2]?.lines ?? [];
  expect(document.pages[2]).toMatchObject({ number: 3, width: 600 });
  expect(line?.x).toBeCloseTo(60, -1);
  expect(await readScan(tiff, reading({ pages: '3', looked }))).toMatchObject({ text: 'Dritte Seite' });
});

test('a fax has the shape of its paper, though its dots are not square', async () => {
  // Made by libtiff: group 3 in two dimensions with 98 rows to the inch, then group 4 with 196.
  const fax = await readFile(join(import.meta.dirname, '../tiff/fax.tif'));
  const document = await readScan(fax, reading());
  expect(document).toMatchObject({
    pageCount: 2,
    text: 'Lieferschein 4711\nMuster Handel GmbH\n\nSeite zwei\nEmpfangen am 05.03.2024',
    warnings: [],
  });
  for (const { width, height } of document.pages) {
    expect(width).toBeCloseTo((1728 / 204) * 72, 0);
    expect(height).toBeCloseTo((1146 / 98) * 72, 0);
  }
});

test('a page that cannot be read is told of, and the others are read', async () => {
  const picture = await pictureOf('Lesbar');
  const tiff = minimalTiff([{ picture, compression: 34_712 }, { picture }, { picture, compression: 4 }]);
  expect(await readScan(tiff, reading())).toMatchObject({
    pageCount: 3,
    text: expect.stringContaining('Lesbar'),
    warnings: expect.arrayContaining([
      { code: 'PAGE_DAMAGED', message: expect.stringContaining('compression (34712)'), pages: [1] },
    ]),
  });
});

test('a file that is none, or takes too much, fails and says why', async () => {
  const huge: GreyPicture = { width: 60_000, height: 60_000, pixels: new Uint8Array(16) };
  const whole = minimalTiff([{ picture: { width: 4, height: 4, pixels: new Uint8Array(16) } }]);
  const circle = Buffer.from(whole);
  circle.writeUInt32BE(circle.readUInt32BE(4), circle.length - 4);
  const cases: [Uint8Array, RegExp][] = [
    [whole.subarray(0, 4), /cut off/],
    [whole.subarray(0, -8), /page 1 lies outside/],
    [circle, /circle/],
    [Buffer.from('MM\0+\0\0\0\0', 'latin1'), /BigTIFF/],
    [minimalTiff([{ picture: huge, rowsPerStrip: 60_000 }]), /Page 1 cannot be read: 60000 x 60000 pixels/],
  ];
  for (const [file, message] of cases) {
    await expect(readScan(file, reading())).rejects.toMatchObject({
      code: 'IMAGE_INVALID',
      message: expect.stringMatching(message),
    });
  }
});
