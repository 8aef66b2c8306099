import { describe, expect, it } from 'vitest';
import { type DrawnText, layOutLines } from './text-lines.ts';

function drawn(text: string, x: number, baseline: number, more: Partial<DrawnText> = {}): DrawnText {
  return { text, x, baseline, width: text.length * 5, height: 10, rightToLeft: false, rotated: false, ...more };
}

const textsOf = (items: DrawnText[]) => layOutLines(items).map(({ spans }) => spans.map(({ text }) => text));

describe('layOutLines', () => {
  it('puts what stands on one row into one line, whatever the order it was drawn in', () => {
    expect(textsOf([drawn('right', 300, 101), drawn('below', 50, 115), drawn('left', 50, 100)])).toEqual([
      ['left', 'right'],
      ['below'],
    ]);
  });

  it('joins the pieces of a word, parts words, and parts columns', () => {
    const pieces = [drawn('Inv', 50, 100), drawn('oice', 65.5, 100), drawn('No.', 88, 100), drawn('42', 120, 100)];
    expect(textsOf(pieces)).toEqual([['Invoice No.', '42']]);
  });

  it('parts words that a drawn space parts', () => {
    expect(textsOf([drawn('net', 50, 100), drawn(' ', 65, 100), drawn('sum', 66, 100)])).toEqual([['net sum']]);
  });

  it('keeps rows of small print apart from each other', () => {
    const rows = [100, 106, 112].map((baseline, index) => drawn(`row ${index}`, 50, baseline, { height: 6 }));
    expect(textsOf(rows)).toEqual([['row 0'], ['row 1'], ['row 2']]);
  });

  it('reads text once that was drawn twice to look bold', () => {
    expect(textsOf([drawn('Total', 50, 100), drawn('Total', 50.3, 100)])).toEqual([['Total']]);
  });

  it('parts columns that are written with spaces', () => {
    expect(textsOf([drawn('Total      42.00', 50, 100)])).toEqual([['Total', '42.00']]);
  });

  it('reads a row of right-to-left text from the right', () => {
    const rightToLeft = { rightToLeft: true };
    const [line] = layOutLines([drawn('שלום', 300, 100, rightToLeft), drawn('עולם', 50, 100, rightToLeft)]);
    expect(line?.text).toBe('שלום  עולם');
  });

  it('gives the box around a line', () => {
    const [line] = layOutLines([drawn('ab', 50, 100), drawn('cd', 200, 102, { height: 14 })]);
    expect(line).toMatchObject({ x: 50, y: 88, width: 160, height: 14 });
  });
});
