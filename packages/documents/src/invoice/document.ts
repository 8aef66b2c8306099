import { z } from 'zod';
import { DocumentError } from '../document-error.ts';
import type { PageEvidence } from './invoice-facts.ts';

/** Text that stands apart in a line. Points from the top left corner of the page. */
export interface Cell {
  text: string;
  /** Lower case, without accents, character for character as long as `text`: what labels are looked for in. */
  folded: string;
  x: number;
  width: number;
  height: number;
  /** Where the cell is in its line. */
  index: number;
  line: Line;
}

export interface Line {
  page: number;
  /** Counted from 1 on each page. */
  number: number;
  text: string;
  folded: string;
  y: number;
  cells: Cell[];
}

export interface InvoiceDocument {
  /** In reading order, all pages. */
  lines: Line[];
  /** Attached or given instead of a text. */
  xmlFiles: { name: string; text: string }[];
}

const boxSchema = z.object({ text: z.string(), x: z.number(), y: z.number(), width: z.number(), height: z.number() });
const inputSchema = z.union([
  z.object({
    pages: z.array(
      z.object({ number: z.int(), lines: z.array(z.object({ ...boxSchema.shape, spans: z.array(boxSchema) })) }),
    ),
    attachments: z.array(z.object({ name: z.string(), text: z.string().nullable() })).default([]),
  }),
  z.object({ text: z.string() }),
  z.string().transform((text) => ({ text })),
]);

/** What text without layout is given: a character is so many points wide, a line so many high. */
const CHARACTER_WIDTH = 5;
const LINE_HEIGHT = 12;
/** Words with one space between them, of whatever width: many languages group thousands by such a one. */
const CELL = /\S+(?:[ \u00a0\u2009\u202f]\S+)*/g;

/** Reads the output of the PDF parser, or `{ text }`, or a text; throws INVOICE_TEXT_MISSING. */
export function readInvoiceDocument(input: unknown): InvoiceDocument {
  const parsed = inputSchema.safeParse(input);
  if (!parsed.success) {
    throw new DocumentError('INVOICE_TEXT_MISSING', 'previousOutput: neither the output of a PDF parser nor a text');
  }
  if ('text' in parsed.data) {
    const { text } = parsed.data;
    if (/^\s*</.test(text)) return { lines: [], xmlFiles: [{ name: 'text', text }] };
    return { lines: linesOfText(text), xmlFiles: [] };
  }
  const { pages, attachments } = parsed.data;
  return {
    lines: pages.flatMap(({ number: page, lines }) =>
      lines.map(({ text, y, spans }, index) => makeLine(page, index + 1, text, y, spans)),
    ),
    xmlFiles: attachments.flatMap(({ name, text }) => (text === null ? [] : [{ name, text }])),
  };
}

export function evidenceOf({ page, number, text }: Line): PageEvidence {
  return { source: 'page', page, line: number, text: text.slice(0, 200) };
}

/** Letters with a stroke, which Unicode does not take apart. */
const UNDIVIDED: Record<string, string> = { ł: 'l', Ł: 'l', ø: 'o', Ø: 'o', đ: 'd', Đ: 'd' };

/** Lower case without accents, one character for one character. */
export function fold(text: string): string {
  return text.replace(/[^ -@[-`{-~]/g, (character) => {
    const folded = (UNDIVIDED[character] ?? character.normalize('NFD')[0] ?? character).toLowerCase();
    return folded.length === character.length ? folded : character;
  });
}

function makeLine(page: number, number: number, text: string, y: number, spans: z.infer<typeof boxSchema>[]): Line {
  const line: Line = { page, number, text, folded: fold(text), y, cells: [] };
  line.cells = spans.map(({ text: cellText, x, width, height }, index) => {
    return { text: cellText, folded: fold(cellText), x, width, height, index, line };
  });
  return line;
}

function linesOfText(text: string): Line[] {
  return text.split('\f').flatMap((pageText, pageIndex) =>
    pageText.split(/\r?\n/).flatMap((row, rowIndex) => {
      const y = rowIndex * LINE_HEIGHT;
      const spans = [...row.matchAll(CELL)].map((match) => ({
        text: match[0],
        x: match.index * CHARACTER_WIDTH,
        y,
        width: match[0].length * CHARACTER_WIDTH,
        height: LINE_HEIGHT,
      }));
      return spans.length === 0 ? [] : [makeLine(pageIndex + 1, rowIndex + 1, row.trim(), y, spans)];
    }),
  );
}
