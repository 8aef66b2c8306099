import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OutputFormats, Page, Line as RecognizedLine, Worker } from 'tesseract.js';
import { cleanText } from '../clean-text.ts';
import type { PageImage } from '../page-image.ts';
import { inReadingOrder } from '../reading-order.ts';
import { type DrawnText, layOutLines, type TextLine } from '../text-lines.ts';
import { collectLanguages } from './language-data.ts';

export interface RecognizedText {
  lines: TextLine[];
  /** From 0 to 1: how sure the words are in the mean; 0 when there are none. */
  confidence: number;
}

/** Reads words from images, one at a time. */
export interface Recognizer {
  /** Words of less confidence than `minConfidence` (0 to 1) are left out. Throws the reason of the signal. */
  recognize(image: PageImage, minConfidence: number): Promise<RecognizedText>;
  /** A picture as a PNG: Leptonica, which Tesseract looks with, knows what nothing else here does. Throws for a damaged one. */
  decode(picture: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Starts Tesseract in a thread of its own. Throws OCR_LANGUAGE_MISSING, the reason of `signal`. */
export async function openRecognizer(languages: readonly string[], signal: AbortSignal): Promise<Recognizer> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-ocr-'));
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  let opening: Promise<Worker> | undefined;
  const close = async (): Promise<void> => void (await (await opening)?.terminate());
  const onAbort = (): void => {
    failed.reject(signal.reason);
    void close();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  let worker: Worker;
  let isOpen = false;
  try {
    const wanted = [...new Set(languages)];
    await collectLanguages(wanted, folder);
    const { createWorker, OEM } = await import('tesseract.js');
    signal.throwIfAborted();
    opening = createWorker(wanted, OEM.LSTM_ONLY, {
      langPath: folder,
      cacheMethod: 'none',
      // Some of its own promises stay open when it cannot be opened; later on each fails by itself.
      errorHandler: (error: unknown) => isOpen || failed.reject(failureOf(error)),
    });
    worker = await Promise.race([opening, failed.promise]);
    isOpen = true;
  } finally {
    await rm(folder, { recursive: true });
  }
  const look = async (picture: Uint8Array, output: Partial<OutputFormats>): Promise<Page> => {
    const looked = worker.recognize(Buffer.from(picture), {}, { text: false, ...output }).catch((error: unknown) => {
      throw failureOf(error);
    });
    return (await Promise.race([looked, failed.promise])).data;
  };
  return {
    async recognize(image, minConfidence) {
      const data = await look(image.pgm, { blocks: true });
      const lines = (data.blocks ?? []).flatMap(({ paragraphs }) => paragraphs.flatMap((paragraph) => paragraph.lines));
      return layOut(lines, image, minConfidence);
    },
    async decode(picture) {
      const { imageColor } = await look(picture, { imageColor: true });
      return Buffer.from(imageColor?.split(',')[1] ?? '', 'base64');
    },
    async close() {
      signal.removeEventListener('abort', onAbort);
      await close();
    },
  };
}

function failureOf(error: unknown): Error {
  return new Error(`Tesseract: ${String(error).slice(0, 500)}`);
}

function layOut(lines: RecognizedLine[], { pixelsPerPoint }: PageImage, minConfidence: number): RecognizedText {
  const slope = slopeOf(lines);
  const confidences: number[] = [];
  const drawn = lines.flatMap(({ words, baseline, rowAttributes }): DrawnText[] =>
    words
      .filter(({ confidence, text }) => confidence >= minConfidence * 100 && text.trim() !== '')
      .map(({ text, bbox, confidence }) => {
        confidences.push(confidence / 100);
        return {
          // Words are apart, however near.
          text: `${cleanText(text)} `,
          x: bbox.x0 / pixelsPerPoint,
          // A page that lay askew: the rows of its tables are level.
          baseline: (baseline.y0 - slope * baseline.x0) / pixelsPerPoint,
          width: (bbox.x1 - bbox.x0) / pixelsPerPoint,
          height: rowAttributes.rowHeight / pixelsPerPoint,
          rightToLeft: false,
          rotated: false,
        };
      }),
  );
  const sum = confidences.reduce((total, confidence) => total + confidence, 0);
  const confidence = Math.round((sum / Math.max(1, confidences.length)) * 100) / 100;
  return { lines: inReadingOrder(layOutLines(drawn)), confidence };
}

/** How much lower the lines of a page are for each pixel to the right, as most of them are. */
function slopeOf(lines: RecognizedLine[]): number {
  const long = lines.filter(({ baseline, rowAttributes }) => baseline.x1 - baseline.x0 > rowAttributes.rowHeight * 8);
  const slopes = long.map(({ baseline: { x0, y0, x1, y1 } }) => (y1 - y0) / (x1 - x0)).sort((a, b) => a - b);
  return slopes[Math.floor(slopes.length / 2)] ?? 0;
}
