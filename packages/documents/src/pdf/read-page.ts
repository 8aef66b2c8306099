import { cleanText } from '../clean-text.ts';
import type { ParsedPage } from '../parsed-document.ts';
import { inReadingOrder } from '../reading-order.ts';
import { type DrawnText, layOutLines } from '../text-lines.ts';
import { type AnnotationText, readAnnotations } from './annotation-text.ts';
import type { PdfDocument, PdfPage } from './pdf-library.ts';

type TextItem = Awaited<ReturnType<PdfPage['getTextContent']>>['items'][number];

/** Characters of a page at most; the densest page of a telephone book has some ten thousand. */
const MAX_CHARACTERS = 500_000;

/** The text of a page and where it stands. Throws what the library throws for a damaged page. */
export async function readPage(document: PdfDocument, number: number): Promise<ParsedPage & { isCut: boolean }> {
  const page = await document.getPage(number);
  try {
    const { width, height, transform } = page.getViewport({ scale: 1 });
    const { items, isCut } = await readItems(page);
    const annotations = await readAnnotations(page);
    const drawn = items.flatMap((item) => drawnText(item, transform));
    const shown = annotations.shown.map((text) => drawnAnnotation(text, transform));
    const notes = annotations.notes.map((text) => drawnAnnotation(text, transform));
    const lines = [...inReadingOrder(layOutLines([...drawn, ...shown])), ...layOutLines(notes)];
    const text = lines.map((line) => line.text).join('\n');
    return { number, width, height, hasText: lines.length > 0, text, lines, isCut };
  } finally {
    page.cleanup();
  }
}

async function readItems(page: PdfPage): Promise<{ items: TextItem[]; isCut: boolean }> {
  const items: TextItem[] = [];
  let characters = 0;
  const reader = page.streamTextContent({}).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { items, isCut: false };
    for (const item of value.items) {
      characters += 'str' in item ? item.str.length + 1 : 1;
      if (characters <= MAX_CHARACTERS) items.push(item);
    }
    if (characters > MAX_CHARACTERS) {
      await reader.cancel(new Error('the page has more text than is read'));
      return { items, isCut: true };
    }
  }
}

/** A text item in the coordinates of the page as it is shown: `view` applies the page's rotation and box. */
function drawnText(item: TextItem, view: number[]): DrawnText[] {
  if (!('str' in item) || item.str === '') return [];
  const [acrossX, acrossY, upX, upY, x, y] = multiply(view, item.transform);
  return [
    {
      text: cleanText(item.str),
      x,
      baseline: y,
      width: item.width,
      height: Math.hypot(upX, upY),
      rightToLeft: item.dir === 'rtl',
      rotated: acrossX <= 0 || Math.abs(acrossY) > 0.05 * acrossX,
    },
  ];
}

/** Of text whose font is not known, this is about the width of a character in font sizes. */
const CHARACTER_WIDTH = 0.5;

function drawnAnnotation({ text, x, baseline, fontSize }: AnnotationText, view: number[]): DrawnText {
  const [, , , , shownX, shownY] = multiply(view, [1, 0, 0, 1, x, baseline]);
  return {
    text: cleanText(text),
    x: shownX,
    baseline: shownY,
    width: text.length * fontSize * CHARACTER_WIDTH,
    height: fontSize,
    rightToLeft: false,
    rotated: false,
  };
}

type Matrix = [number, number, number, number, number, number];

function multiply(outer: number[], inner: number[]): Matrix {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = outer;
  const [p = 1, q = 0, r = 0, s = 1, t = 0, u = 0] = inner;
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
}
