import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { createCanvas } from '@napi-rs/canvas';
import { expect, test } from 'vitest';
import { readInvoiceDocument } from '../invoice/document.ts';
import { extractInvoice } from '../invoice/extract-invoice.ts';
import { openPdfDrawing } from '../pdf/draw-pdf.ts';
import { minimalPdf } from '../pdf/minimal-pdf.ts';
import { readScan, type ScanReading } from './read-scan.ts';

const INVOICE = [
  { text: 'Muster Handel GmbH', x: 60, y: 730, size: 16 },
  { text: 'Rechnung', x: 60, y: 660, size: 20 },
  { text: 'Rechnungsnummer: 2024-117', x: 60, y: 620, size: 12 },
  { text: 'Rechnungsdatum: 05.03.2024', x: 60, y: 600, size: 12 },
  { text: 'Gesamtbetrag', x: 60, y: 540, size: 12 },
  { text: '119,00 EUR', x: 440, y: 540, size: 12 },
];

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

/** A scan of a page, a little askew, as a PNG. */
async function scanOf(pdf: Uint8Array, turn = 0): Promise<Uint8Array> {
  const drawing = await openPdfDrawing(pdf, { dpi: 150, password: undefined });
  const { pgm } = await drawing.page(1);
  await drawing.close();
  const [, width = '', height = ''] = Buffer.from(pgm.subarray(0, 20)).toString('latin1').split(/\s/);
  const canvas = createCanvas(Number(width), Number(height));
  const context = canvas.getContext('2d');
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = pgm.subarray(pgm.length - canvas.width * canvas.height);
  for (const [index, grey] of pixels.entries()) image.data.set([grey, grey, grey, 255], index * 4);
  context.putImageData(image, 0, 0);
  const turned = createCanvas(canvas.width, canvas.height);
  const paper = turned.getContext('2d');
  paper.fillStyle = 'white';
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.rotate(turn);
  paper.drawImage(canvas, 0, 0);
  return turned.encode('png');
}

test('a picture of an invoice that lies askew is read row by row, so that its facts are found', async () => {
  const seen: number[] = [];
  const document = await readScan(
    await scanOf(minimalPdf([INVOICE]), 0.015),
    reading({ onPage: (done) => seen.push(done) }),
  );
  expect(document).toMatchObject({ pageCount: 1, hasText: true, warnings: [] });
  expect(document.text).toContain('Gesamtbetrag  119,00 EUR');
  expect(document.pages[0]?.confidence).toBeGreaterThan(0.8);
  expect(seen).toEqual([1]);
  expect(extractInvoice(readInvoiceDocument(document))).toMatchObject({
    invoiceNumber: '2024-117',
    date: '2024-03-05',
    amount: 119,
    currency: 'EUR',
  });
});

test('of a PDF the pages without a text are looked at, and the text of the others is kept', async () => {
  const pdf = await PDFDocument.load(minimalPdf([[{ text: 'Typed', x: 60, y: 700 }]]));
  const scan = await pdf.embedPng(await scanOf(minimalPdf([[{ text: 'Scanned words', x: 60, y: 700, size: 24 }]])));
  pdf.addPage([600, 800]).drawImage(scan, { x: 0, y: 0, width: 600, height: 800 });
  pdf.addPage([600, 800]);
  const document = await readScan(await pdf.save(), reading());
  expect(document).toMatchObject({
    pageCount: 3,
    text: 'Typed\n\nScanned words\n\n',
    pages: [
      { confidence: null, width: 600 },
      { width: 600, height: 800 },
      { hasText: false, confidence: 0 },
    ],
    warnings: [{ code: 'PAGE_WITHOUT_TEXT', pages: [3] }],
  });
  const [line] = document.pages[1]?.lines ?? [];
  expect(line?.x).toBeCloseTo(60, -1);
  expect((line?.y ?? 0) + (line?.height ?? 0)).toBeCloseTo(100, -1);
});

test('says what it cannot do, and stops when it is asked to', async () => {
  const pdf = minimalPdf([[]]);
  await expect(readScan(pdf, reading({ languages: ['eng', 'tlh'] }))).rejects.toMatchObject({
    code: 'OCR_LANGUAGE_MISSING',
    message: expect.stringMatching(/^languages: .*"tlh".*deu, eng/),
  });
  await expect(readScan(Buffer.from('no picture'), reading())).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
  await expect(readScan(pdf, reading({ pages: 'x' }))).rejects.toMatchObject({ code: 'PAGES_INVALID' });
  const abort = new AbortController();
  const stopped = readScan(pdf, reading({ signal: abort.signal }));
  abort.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
});

const SCAN = join(import.meta.dirname, '../../../../../shared/data/documents/loremipsum-flat.pdf');

test.skipIf(!existsSync(SCAN))('a real scan has the text it shows', async () => {
  const document = await readScan(await readFile(SCAN), reading({ languages: ['eng'] }));
  expect(document.text).toContain(
    'Lorem ipsum dolor sit amet, consectetur adipiscing elit. Nunc sollicitudin\nmolestie',
  );
  expect(document).toMatchObject({ hasText: true, warnings: [] });
});
