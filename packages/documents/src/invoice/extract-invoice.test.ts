import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPdf } from '../pdf/read-pdf.ts';
import { readInvoiceDocument } from './document.ts';
import { extractInvoice } from './extract-invoice.ts';

function extract(text: string) {
  const { evidence: _evidence, ...facts } = extractInvoice(readInvoiceDocument({ text }));
  return facts;
}

describe('extractInvoice', () => {
  it('reads an English invoice whose values stand under their labels', () => {
    expect(
      extract(`
Granite Bay Printing Co.                        INVOICE
12 Dock Street, Halifax NS

Bill To                 Invoice #        Date           Due Date
Maple Books Ltd         GB-5521          02/03/2024     03/04/2024
88 King Street

Item                    Qty     Rate        Total
Posters                 100     3.50        350.00
Flyers                  200     0.40         80.00

                                Subtotal    $430.00
                                HST 15%      $64.50
                                Total CAD   $494.50
                                Deposit paid $100.00
                                Balance due $394.50
`),
    ).toEqual({
      issuer: 'Granite Bay Printing Co.',
      invoiceNumber: 'GB-5521',
      date: '2024-02-03',
      amount: 494.5,
      amountUntaxed: 430,
      currency: 'CAD',
    });
  });

  it('reads a German invoice, and not the dates of delivery and payment', () => {
    expect(
      extract(`
Weber Elektrotechnik GmbH & Co. KG - Ringstr. 5 - 70173 Stuttgart
Stadtwerke Musterstadt GmbH
Postfach 12

Rechnung Nr. 2023/0815            Lieferdatum: 01.12.2023
Fällig am 29.12.2023              Rechnungsdatum: 15.12.2023

Pos  Bezeichnung          Menge   Preis      Gesamt
1    Schaltschrank        2       1.250,00   2.500,00
Summe netto                                  2.500,00 €
19% USt                                        475,00 €
Zu zahlender Rechnungsbetrag                 2.975,00 €
`),
    ).toMatchObject({
      issuer: 'Weber Elektrotechnik GmbH & Co. KG',
      invoiceNumber: '2023/0815',
      date: '2023-12-15',
      amount: 2975,
      amountUntaxed: 2500,
      currency: 'EUR',
    });
  });

  it('reads French, Italian, Dutch and Swedish invoices', () => {
    const french = `Boulangerie Martin SAS\nFacture N° : FA-77 du 3 mars 2024\nTotal HT    100,00 €\nTVA 20%    20,00 €\nNet à payer    120,00 €`;
    expect(extract(french)).toMatchObject({
      invoiceNumber: 'FA-77',
      date: '2024-03-03',
      amount: 120,
      amountUntaxed: 100,
    });
    const italian = `Officina Rossi S.r.l.\nFattura n. 12/A\nData: 5 maggio 2024\nImponibile    1.000,00\nIVA 22%    220,00\nTotale documento EUR    1.220,00`;
    expect(extract(italian)).toMatchObject({
      issuer: 'Officina Rossi S.r.l.',
      invoiceNumber: '12/A',
      date: '2024-05-05',
      amount: 1220,
      currency: 'EUR',
    });
    const dutch = `Fietsenmaker Jansen B.V.\nFactuurnummer: 20240017\nFactuurdatum: 9 januari 2024\nVervaldatum: 23 januari 2024\nSubtotaal    € 80,00\nBTW 21%    € 16,80\nTotaal te betalen    € 96,80`;
    expect(extract(dutch)).toMatchObject({ invoiceNumber: '20240017', date: '2024-01-09', amount: 96.8 });
    const swedish = `Norrsken Design AB\nFakturanummer    1093\nFakturadatum    2024-06-01\nFörfallodatum    2024-07-01\nNetto    4 000,00\nMoms 25%    1 000,00\nAtt betala SEK    5 000,00`;
    expect(extract(swedish)).toMatchObject({
      invoiceNumber: '1093',
      date: '2024-06-01',
      amount: 5000,
      currency: 'SEK',
    });
  });

  it('takes the total, not what is left to pay of it, when all was paid', () => {
    const receipt = `Receipt from Blue Heron Hosting\nInvoice number 7F2A-0003\nDate paid March 1, 2024\nDate of issue February 28, 2024\nTotal    $24.00\nAmount paid    $24.00\nAmount due    $0.00`;
    expect(extract(receipt)).toMatchObject({
      issuer: 'Blue Heron Hosting',
      invoiceNumber: '7F2A-0003',
      date: '2024-02-28',
      amount: 24,
    });
  });

  it('gives null for what is not there', () => {
    const nothing = {
      issuer: null,
      invoiceNumber: null,
      date: null,
      amount: null,
      amountUntaxed: null,
      currency: null,
    };
    expect(extract('')).toEqual(nothing);
    expect(extract('see you at the usual place,\nthe 3 of us will bring 12 bottles.')).toEqual(nothing);
    expect(extractInvoice(readInvoiceDocument('')).evidence).toEqual(nothing);
  });

  it('says where it read each value', () => {
    const { evidence } = extractInvoice(readInvoiceDocument('Acme GmbH\n\fRechnungsnr. 17\nTotal EUR 5,00'));
    expect(evidence).toMatchObject({
      issuer: { page: 1, line: 1, text: 'Acme GmbH' },
      invoiceNumber: { page: 2, line: 1, text: 'Rechnungsnr. 17' },
      amount: { page: 2, line: 2 },
      date: null,
    });
  });

  it('refuses an input without text', () => {
    for (const input of [null, 7, { pages: 'none' }, []]) {
      expect(() => readInvoiceDocument(input)).toThrow(expect.objectContaining({ code: 'INVOICE_TEXT_MISSING' }));
    }
  });

  it('copes with any text', () => {
    const word = fc.constantFrom(
      'Invoice',
      'No.',
      'Total',
      'due',
      'GmbH',
      '12.03.2024',
      '€',
      '1.234,50',
      ':',
      '-',
      '#',
      '  ',
      '\n',
      'ﬁ',
      '\f',
      'İ',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 120 }), (words) => {
        const { amount, date } = extract(words.join(' '));
        expect(amount === null || Number.isFinite(amount)).toBe(true);
        expect(date === null || /^\d{4}-\d\d-\d\d$/.test(date)).toBe(true);
      }),
    );
  });
});

const REAL_INVOICES = join(import.meta.dirname, '../../../../../shared/data/invoices');

describe.skipIf(!existsSync(REAL_INVOICES))('real invoices', () => {
  const names = existsSync(REAL_INVOICES) ? readdirSync(REAL_INVOICES).filter((name) => name.endsWith('.pdf')) : [];

  it.each(names)('%s', async (name) => {
    const limits = { maxPages: 10, signal: new AbortController().signal, onPage: () => {} };
    const pdf = await readPdf(readFileSync(join(REAL_INVOICES, name)), limits);
    const invoice = extractInvoice(readInvoiceDocument(pdf));
    const [expected] = JSON.parse(readFileSync(join(REAL_INVOICES, name.replace('.pdf', '.json')), 'utf8'));
    expect(invoice).toMatchObject({
      invoiceNumber: expected.invoice_number,
      date: expected.date,
      currency: expected.currency,
      // One description has no sum: 127.50 is what its document says.
      amount: expected.amount ?? 127.5,
    });
    expect(expected.issuer).toContain(invoice.issuer);
  });
});
