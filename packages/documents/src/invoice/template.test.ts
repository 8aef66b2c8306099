import { expect, it } from 'vitest';
import { readInvoiceDocument } from './document.ts';
import { extractInvoice } from './extract-invoice.ts';
import { templatesSchema } from './template.ts';

const TEXT = `
Kraftwerk Süd                              Vorgang 88/4411
                                           03/04/2026
Lieferung im März                          zu zahlen 1.234,50 EUR
Steuernummer wird nachgereicht
`;

function extract(templates: unknown) {
  return extractInvoice(readInvoiceDocument({ text: TEXT }), templatesSchema.parse(templates));
}

it('reads the facts where the first template that fits says they are', () => {
  const other = { name: 'Other', when: ['Nordwerk'], facts: { issuer: { value: 'Nordwerk' } } };
  const template = {
    name: 'Kraftwerk',
    when: ['kraftwerk sud', 'Vorgang'],
    facts: {
      issuer: { value: 'Kraftwerk Süd AG' },
      invoiceNumber: { pattern: 'Vorgang (\\S+)' },
      date: { pattern: 'Vorgang.*\\n\\s*([\\d/]+)', dayFirst: false },
      amount: { pattern: 'zu zahlen (.*)$' },
      currency: { pattern: 'zu zahlen .* (\\w+)$' },
      iban: { pattern: 'IBAN (.*)' },
      taxAmount: { pattern: 'Steuernummer (.*)' },
    },
  };
  const invoice = extract([other, template]);
  expect(invoice).toMatchObject({
    template: 'Kraftwerk',
    documentType: 'invoice',
    issuer: 'Kraftwerk Süd AG',
    invoiceNumber: '88/4411',
    date: '2026-03-04',
    amount: 1234.5,
    currency: 'EUR',
    evidence: { invoiceNumber: { text: expect.stringContaining('Vorgang 88/4411') } },
  });
  // What a template names is not guessed when it is not there; what it does not name is looked for.
  expect(invoice.missing).toMatchObject({
    iban: 'TEMPLATE_DIFFERS',
    taxAmount: 'TEMPLATE_DIFFERS',
    dueDate: 'NOT_FOUND',
  });
});

it('leaves documents that no template fits to the heuristics, and names the pattern that is none', () => {
  expect(extract([{ name: 'Other', when: ['Nordwerk'], facts: {} }])).toMatchObject({ template: null });
  expect(() => extract([{ name: 'A', when: ['Vorgang'], facts: { amount: { pattern: '(' } } }])).toThrow(
    /^templates: amount: pattern "\("/,
  );
  expect(() => extract([{ name: 'A', when: ['Vorgang'], facts: { colour: { value: 'red' } } }])).toThrow('colour');
});
