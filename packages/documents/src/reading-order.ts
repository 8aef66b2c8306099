import { joinSpans, type TextBox, type TextLine } from './text-lines.ts';

/** A column of prose has so many lines at least, of so many characters, most of which reach its right edge. */
const MIN_LINES = 6;
const MIN_CHARACTERS = 20;
const FULL_LINE = 0.75;
/** Points by which the left edges of the lines of a column differ. */
const EDGE_TOLERANCE = 3;

/**
 * The lines of a page as one reads them: where it is set in columns of prose, one column after the other. Tables,
 * addresses and labels with values keep their rows, as what stands beside each other in them belongs together.
 */
export function inReadingOrder(lines: TextLine[]): TextLine[] {
  const gutter = findGutter(lines);
  if (gutter === null) return lines;
  const { from, to, x } = gutter;
  const region = lines.slice(from, to);
  return [
    ...inReadingOrder(lines.slice(0, from)),
    ...inReadingOrder(sideOf(region, (span) => span.x < x)),
    ...inReadingOrder(sideOf(region, (span) => span.x >= x)),
    ...inReadingOrder(lines.slice(to)),
  ];
}

/** Lines from..to (without) that a vertical strip of white at `x` divides into two columns of prose. */
interface Gutter {
  from: number;
  to: number;
  x: number;
}

function findGutter(lines: TextLine[]): Gutter | null {
  let widest: Gutter | null = null;
  for (const edge of leftEdges(lines)) {
    const x = edge - EDGE_TOLERANCE;
    for (const { from, to } of runsWithout(
      lines,
      (span) => span.x < x && span.x + span.width > edge + EDGE_TOLERANCE,
    )) {
      if (widest !== null && to - from <= widest.to - widest.from) continue;
      const region = lines.slice(from, to);
      const isDivided = isProse(sideOf(region, (span) => span.x < x)) && isProse(sideOf(region, (span) => span.x >= x));
      if (isDivided) widest = { from, to, x };
    }
  }
  return widest;
}

/** Where several lines begin, besides the leftmost of all. */
function leftEdges(lines: TextLine[]): number[] {
  const counts = new Map<number, number>();
  for (const { spans } of lines) {
    for (const { x } of spans) {
      const edge = Math.round(x / EDGE_TOLERANCE) * EDGE_TOLERANCE;
      counts.set(edge, (counts.get(edge) ?? 0) + 1);
    }
  }
  return [...counts]
    .filter(([, count]) => count >= MIN_LINES)
    .map(([edge]) => edge)
    .sort((a, b) => a - b)
    .slice(1);
}

function runsWithout(lines: TextLine[], isCrossing: (span: TextBox) => boolean): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  let from = 0;
  for (let index = 0; index <= lines.length; index++) {
    if (index < lines.length && !lines[index]?.spans.some(isCrossing)) continue;
    if (index - from >= MIN_LINES) runs.push({ from, to: index });
    from = index + 1;
  }
  return runs;
}

function sideOf(lines: TextLine[], isOnSide: (span: TextBox) => boolean): TextLine[] {
  return lines.flatMap((line) => {
    const spans = line.spans.filter(isOnSide);
    if (spans.length === line.spans.length) return [line];
    return spans.length === 0 ? [] : [joinSpans(spans)];
  });
}

function isProse(lines: TextLine[]): boolean {
  const written = lines.filter(({ text }) => text.length >= MIN_CHARACTERS && /\p{L}{2}/u.test(text));
  const width = Math.max(0, ...written.map((line) => line.width));
  const full = written.filter((line) => line.width >= width * FULL_LINE && line.spans.length <= 2);
  return full.length >= MIN_LINES && full.length >= lines.length / 2;
}
