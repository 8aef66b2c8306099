/** A run of text as a PDF draws it: points from the top left corner of the page; letters stand on the `baseline`. */
export interface DrawnText {
  text: string;
  x: number;
  baseline: number;
  width: number;
  /** The size of the font. */
  height: number;
  rightToLeft: boolean;
  /** Drawn at an angle: it shares no line with other text. */
  rotated: boolean;
}

/** Text and the box around it: points from the top left corner of the page, the lower edge on the baseline. */
export interface TextBox {
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One visual row of a page. Its spans are what stands apart in it: cells of a table, columns. */
export interface TextLine extends TextBox {
  spans: TextBox[];
}

/** In font sizes: what separates words, what separates columns, how far baselines of one row may differ. */
const WORD_GAP = 0.15;
const COLUMN_GAP = 0.9;
const BASELINE_TOLERANCE = 0.3;

/** Between the spans of a line in its text. */
const COLUMN_SEPARATOR = '  ';

/** The lines of a page, top to bottom, each with its text in reading order. */
export function layOutLines(drawn: DrawnText[]): TextLine[] {
  const pieces = drawn.flatMap(splitAtWideGaps);
  const rows = groupIntoRows(pieces.filter(({ rotated }) => !rotated));
  const rotated = pieces.filter((piece) => piece.rotated).map((piece) => [piece]);
  return [...rows, ...rotated]
    .map(toLine)
    .filter(({ text }) => text !== '')
    .sort((a, b) => a.y + a.height - (b.y + b.height) || a.x - b.x);
}

/** Reports in fixed-width type put several columns into one run, with many spaces between them. */
function splitAtWideGaps(drawn: DrawnText): DrawnText[] {
  if (!/\S\s{3,}\S/.test(drawn.text)) return [drawn];
  const characterWidth = drawn.width / drawn.text.length;
  return [...drawn.text.matchAll(/\S+(?:\s{1,2}\S+)*/g)].map((match) => ({
    ...drawn,
    text: match[0],
    x: drawn.x + match.index * characterWidth,
    width: match[0].length * characterWidth,
  }));
}

function groupIntoRows(drawn: DrawnText[]): DrawnText[][] {
  const rows: { baseline: number; height: number; items: DrawnText[] }[] = [];
  for (const item of drawn.toSorted((a, b) => a.baseline - b.baseline)) {
    const row = rows.at(-1);
    const height = Math.min(item.height, row?.height ?? item.height);
    if (row !== undefined && item.baseline - row.baseline <= height * BASELINE_TOLERANCE) {
      row.items.push(item);
      row.height = height;
    } else {
      rows.push({ baseline: item.baseline, height, items: [item] });
    }
  }
  return rows.map(({ items }) => items);
}

function toLine(items: DrawnText[]): TextLine {
  const written = items.filter(({ text }) => text.trim() !== '');
  const rightToLeft = written.filter((item) => item.rightToLeft).length > written.length / 2;
  const spans = toSpans(items.toSorted((a, b) => a.x - b.x)).filter(({ text }) => text !== '');
  return joinSpans(spans, rightToLeft);
}

/** A line of spans, which are given from left to right. */
export function joinSpans(spans: TextBox[], rightToLeft = false): TextLine {
  const text = (rightToLeft ? spans.toReversed() : spans).map((span) => span.text).join(COLUMN_SEPARATOR);
  return { text, ...boxAround(spans), spans };
}

function toSpans(items: DrawnText[]): TextBox[] {
  const spans: TextBox[] = [];
  let spaceSeen = false;
  let previous: DrawnText | undefined;
  for (const item of items) {
    const text = item.text.replace(/\s+/g, ' ');
    if (text.trim() === '') {
      spaceSeen = true;
      continue;
    }
    const span = spans.at(-1);
    const gap = span === undefined ? 0 : item.x - (span.x + span.width);
    if (span === undefined || gap > item.height * COLUMN_GAP) {
      spans.push({ ...boxOf(item), text: text.trim() });
    } else if (previous === undefined || !isDrawnTwice(previous, item)) {
      const separator = spaceSeen || gap > item.height * WORD_GAP || text.startsWith(' ') ? ' ' : '';
      Object.assign(span, boxAround([span, boxOf(item)]), { text: span.text + separator + text.trim() });
    }
    spaceSeen = text.endsWith(' ');
    previous = item;
  }
  return spans;
}

/** Bold type is sometimes the same text drawn again, a hair beside the first. */
function isDrawnTwice(a: DrawnText, b: DrawnText): boolean {
  return a.text === b.text && Math.abs(a.x - b.x) < a.height * 0.1;
}

function boxOf({ text, x, baseline, width, height }: DrawnText): TextBox {
  return { text, x: round(x), y: round(baseline - height), width: round(width), height: round(height) };
}

function boxAround(boxes: TextBox[]): Omit<TextBox, 'text'> {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const width = Math.max(...boxes.map((box) => box.x + box.width)) - x;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) - y;
  return { x, y, width: round(width), height: round(height) };
}

function round(points: number): number {
  return Math.round(points * 100) / 100;
}
