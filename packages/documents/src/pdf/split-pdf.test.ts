import { describe, expect, it } from 'vitest';
import { minimalPdf } from './minimal-pdf.ts';
import { readPdf } from './read-pdf.ts';
import { type Division, splitPdf } from './split-pdf.ts';

const four = minimalPdf(['one', 'two', 'three', 'four'].map((text) => [{ text, x: 50, y: 50 }]));

async function textsOf(bytes: Uint8Array, division: Division): Promise<string[]> {
  const texts: string[] = [];
  for await (const part of splitPdf(bytes, division)) {
    const { signal } = new AbortController();
    texts.push((await readPdf(part.bytes, { maxPages: 10, signal, onPage: () => {} })).text.replaceAll('\n\n', '+'));
  }
  return texts;
}

describe('splitPdf', () => {
  it('makes a part of each range, and of so many pages each', async () => {
    expect(await textsOf(four, { ranges: ['1,3', '4-', '9'] })).toEqual(['one+three', 'four']);
    expect(await textsOf(four, { everyPages: 3 })).toEqual(['one+two+three', 'four']);
  });

  it.each([
    ['no PDF', new TextEncoder().encode('hello'), { everyPages: 1 }, 'PDF_INVALID'],
    ['a PDF with a password', minimalPdf([[]], { encrypted: true }), { everyPages: 1 }, 'PDF_ENCRYPTED'],
    ['no range', four, { ranges: ['x'] }, 'PAGES_INVALID'],
  ])('refuses %s', async (_what, bytes, division, code) => {
    await expect(textsOf(bytes, division)).rejects.toMatchObject({ code });
  });
});
