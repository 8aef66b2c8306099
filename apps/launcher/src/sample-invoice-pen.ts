import { PDFDocument, type PDFPage, rgb, StandardFonts } from 'pdf-lib';

export interface TextStyle {
  size?: number;
  bold?: boolean;
  /** What `x` is of the text. */
  align?: 'left' | 'right';
}

/** Draws text on pages, from the top down; `y` is the distance from the top of the page, in points. */
export interface Pen {
  y: number;
  readonly width: number;
  text(text: string, x: number, style?: TextStyle & { y?: number }): void;
  rule(fromX: number, toX: number): void;
  /** Goes down, to a new page when the present one is full. */
  down(points: number): void;
  finish(): Promise<Uint8Array>;
}

const MADE_AT = new Date('2025-01-01T00:00:00Z');
const MARGIN = 50;
const FOOTER_HEIGHT = 70;
const INK = rgb(0.1, 0.1, 0.15);

/** A pen on a new document; each of its pages gets the footer. The same calls make the same bytes. */
export async function createPen(title: string, paper: [number, number], footer: string[]): Promise<Pen> {
  const pdf = await PDFDocument.create({ updateMetadata: false });
  pdf.setTitle(title);
  pdf.setCreationDate(MADE_AT);
  pdf.setModificationDate(MADE_AT);
  const regular = await pdf.embedFont(StandardFonts.Helvetica);
  const strong = await pdf.embedFont(StandardFonts.HelveticaBold);
  const [width, height] = paper;
  let page: PDFPage = newPage();

  function newPage(): PDFPage {
    const added = pdf.addPage(paper);
    footer.forEach((text, index) => {
      added.drawText(text, { x: MARGIN, y: 40 - index * 11, size: 7.5, font: regular, color: INK });
    });
    return added;
  }

  const pen: Pen = {
    y: MARGIN,
    width,
    text(text, x, { size = 10, bold = false, align = 'left', y = pen.y } = {}) {
      const font = bold ? strong : regular;
      const left = align === 'left' ? x : x - font.widthOfTextAtSize(text, size);
      page.drawText(text, { x: left, y: height - y, size, font, color: INK });
    },
    rule(fromX, toX) {
      const y = height - pen.y;
      page.drawLine({ start: { x: fromX, y }, end: { x: toX, y }, thickness: 0.5, color: INK });
    },
    down(points) {
      pen.y += points;
      if (pen.y < height - FOOTER_HEIGHT) return;
      page = newPage();
      pen.y = MARGIN;
    },
    finish: () => pdf.save(),
  };
  return pen;
}
