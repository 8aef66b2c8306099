import { expect, it } from 'vitest';
import { readInvoiceDocument } from './invoice/document.ts';
import { extractInvoice } from './invoice/extract-invoice.ts';
import { FIRST_INVOICES } from './invoice/first-invoice.ts';
import { firstPdf } from './pdf/first-pdf.ts';
import { readPdf } from './pdf/read-pdf.ts';

/* What is read ahead of all others: were it not sound, its reading would end early, or take another way. */

it('the first PDF is a sound one', async () => {
  const pdf = await readPdf(firstPdf(), { maxPages: 1, signal: new AbortController().signal, onPage() {} });
  expect(pdf).toMatchObject({ pageCount: 1, warnings: [], metadata: { title: 'Total' } });
  expect(pdf.pages[0]?.lines.map(({ text }) => text)).toContain('Total  12  1,234.50 EUR');
});

it('the first invoices have all that an invoice has', () => {
  const read = FIRST_INVOICES.map((text) => extractInvoice(readInvoiceDocument({ text })));
  expect(read).toMatchObject([
    { documentType: 'invoice', invoiceNumber: 'A-1001', amount: 30, lineItems: [{}, {}] },
    { documentType: 'invoice', invoiceNumber: 'R-1001', amount: 29.75, currency: 'EUR', lineItems: [{}, {}] },
  ]);
});
