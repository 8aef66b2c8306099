import { readInvoiceDocument } from '@gantry/documents/invoice/document';
import { extractInvoice } from '@gantry/documents/invoice/extract-invoice';
import { readFirstInvoice } from '@gantry/documents/invoice/first-invoice';
import { templatesSchema } from '@gantry/documents/invoice/template';
import { defineModule } from '@gantry/module-sdk/define-module';
import { z } from 'zod';
import { withDocumentErrors } from './document-step.ts';

export const prepare = readFirstInvoice;

export default defineModule({
  ref: 'gantry/invoice-extractor',
  name: 'Invoice extractor',
  description:
    'Issuer, number, dates, sums, tax, order and items of an invoice or a credit note, each with how sure it is and where it was read: from the electronic invoice in the document, else from its text, as the PDF parser (or { text }) gave it. What is not clear is null.',
  options: z.object({
    templates: templatesSchema
      .default([])
      .describe('How invoices of particular senders are read: what each has in it, and where each fact is'),
  }),
  async infer({ options: { templates }, previousOutput, logger }) {
    const invoice = await withDocumentErrors(() => extractInvoice(readInvoiceDocument(previousOutput), templates));
    const { evidence: _evidence, confidence: _confidence, lineItems, missing: _missing, ...facts } = invoice;
    logger.info('invoice read', { ...facts, lineItems: lineItems?.length ?? 0 });
    if (invoice.documentType === 'none') logger.warn('The document is no invoice: nothing is stated');
    return invoice;
  },
});
