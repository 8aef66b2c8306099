import { SAMPLE_INVOICES, type SampleInvoice } from './sample-invoice-data.ts';
import { createPen, type Pen } from './sample-invoice-pen.ts';

export interface SampleInvoicePdf {
  name: string;
  bytes: Uint8Array;
  /** What is to be read from it. */
  expected: { issuer: string; invoiceNumber: string; date: string; amount: number; currency: string };
}

/** Realistic invoices in several layouts, languages and currencies; the same bytes on every call. */
export async function makeSampleInvoices(): Promise<SampleInvoicePdf[]> {
  return Promise.all(
    SAMPLE_INVOICES.map(async (invoice) => ({
      name: invoice.name,
      bytes: await drawInvoice(invoice),
      expected: { ...invoice.expected, issuer: invoice.issuer, amount: sumsOf(invoice).total / 100 },
    })),
  );
}

const LEFT = 50;
const ROW = 15;

async function drawInvoice(invoice: SampleInvoice): Promise<Uint8Array> {
  const title = `${invoice.title} ${invoice.expected.invoiceNumber}`;
  const pen = await createPen(title, invoice.paper, invoice.footer);
  HEADS[invoice.layout](pen, invoice);
  drawItems(pen, invoice);
  drawSums(pen, invoice);
  pen.down(2 * ROW);
  for (const remark of invoice.remarks) {
    pen.text(remark, LEFT, { size: 8.5 });
    pen.down(ROW);
  }
  return pen.finish();
}

const HEADS: Record<SampleInvoice['layout'], (pen: Pen, invoice: SampleInvoice) => void> = {
  /** The sender at the top left, the title and the facts at the right, the recipient below. */
  classic(pen, invoice) {
    const right = pen.width - LEFT;
    pen.text(invoice.issuer, LEFT, { size: 14, bold: true });
    pen.text(invoice.title, right, { size: 22, bold: true, align: 'right' });
    pen.down(20);
    writeColumn(pen, LEFT, invoice.issuerAddress);
    pen.down(70);
    invoice.facts.forEach(([label, value], index) => {
      pen.text(label, right - 110, { y: pen.y + index * ROW, align: 'right' });
      pen.text(value, right, { y: pen.y + index * ROW, align: 'right' });
    });
    writeColumn(pen, LEFT, [invoice.recipientLabel, ...invoice.recipient]);
    pen.down(100);
  },

  /** A letter for an envelope with a window: the sender in small print above the recipient. */
  letter(pen, invoice) {
    pen.down(80);
    pen.text([invoice.issuer, ...invoice.issuerAddress].join(' - '), LEFT, { size: 7 });
    pen.down(22);
    writeColumn(pen, LEFT, invoice.recipient);
    pen.down(110);
    pen.text(invoice.title, LEFT, { size: 16, bold: true });
    pen.down(28);
    for (const [label, value] of invoice.facts) {
      pen.text(label, LEFT);
      pen.text(value, LEFT + 130);
      pen.down(ROW);
    }
    pen.down(20);
  },

  /** Everything in a grid: facts as boxes, each value under its label. */
  boxes(pen, invoice) {
    const columns = [LEFT, LEFT + 170, LEFT + 340];
    pen.text(invoice.title, LEFT, { size: 18, bold: true });
    pen.down(40);
    pen.rule(LEFT, pen.width - LEFT);
    pen.down(18);
    invoice.facts.forEach(([label, value], index) => {
      const x = columns[index] ?? LEFT;
      pen.text(label, x, { size: 8 });
      pen.text(value, x, { y: pen.y + 14, bold: true });
    });
    pen.down(45);
    writeColumn(pen, LEFT, [invoice.recipientLabel, ...invoice.recipient]);
    writeColumn(pen, columns[2] ?? LEFT, [invoice.issuer, ...invoice.issuerAddress]);
    pen.down(90);
  },
};

function writeColumn(pen: Pen, x: number, lines: string[]): void {
  lines.forEach((line, index) => {
    pen.text(line, x, { y: pen.y + index * ROW });
  });
}

/** Where the columns of the table end, counted from the right edge. */
function columnEnds(pen: Pen): [quantity: number, price: number, sum: number] {
  return [pen.width - LEFT - 170, pen.width - LEFT - 85, pen.width - LEFT];
}

function drawItems(pen: Pen, { headings, items, money }: SampleInvoice): void {
  const ends = columnEnds(pen);
  const [description, ...others] = headings;
  pen.text(description, LEFT, { bold: true });
  others.forEach((heading, index) => {
    pen.text(heading, ends[index] ?? 0, { bold: true, align: 'right' });
  });
  pen.down(6);
  pen.rule(LEFT, pen.width - LEFT);
  for (const [item, quantity, price] of items) {
    pen.down(ROW);
    const cells = [String(quantity), writeMoney(price, money), writeMoney(quantity * price, money)];
    pen.text(item, LEFT);
    cells.forEach((cell, index) => {
      pen.text(cell, ends[index] ?? 0, { align: 'right' });
    });
  }
  pen.down(8);
  pen.rule(LEFT, pen.width - LEFT);
}

function drawSums(pen: Pen, invoice: SampleInvoice): void {
  const [, labelEnd, end] = columnEnds(pen);
  const { net, tax, total } = sumsOf(invoice);
  const { sumLabels, money } = invoice;
  for (const [label, cents, bold] of [
    [sumLabels.net, net, false],
    [sumLabels.tax, tax, false],
    [sumLabels.total, total, true],
  ] as const) {
    pen.down(ROW + 2);
    pen.text(label, labelEnd, { align: 'right', bold });
    pen.text(writeMoney(cents, money), end, { align: 'right', bold });
  }
}

function sumsOf({ items, taxPercent }: SampleInvoice): { net: number; tax: number; total: number } {
  const net = items.reduce((sum, [, quantity, price]) => sum + quantity * price, 0);
  const tax = Math.round((net * taxPercent) / 100);
  return { net, tax, total: net + tax };
}

function writeMoney(cents: number, { decimal, group, before, after }: SampleInvoice['money']): string {
  const whole = String(Math.floor(cents / 100)).replace(/\B(?=(?:\d{3})+$)/g, group);
  return `${before}${whole}${decimal}${String(cents % 100).padStart(2, '0')}${after}`;
}
