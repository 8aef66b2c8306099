import { defineModule } from '../define-module.ts';
import { readInvoiceDocument } from '../invoice/document.ts';
import { extractInvoice } from '../invoice/extract-invoice.ts';

export default defineModule({
  ref: 'gantry/invoice-extractor',
  name: 'Invoice extractor',
  description:
    'Issuer, invoice number, date, amount and currency of an invoice, each with where it was read, from the output of the PDF parser (or { text }) that the step before gave.',
  infer({ previousOutput, logger }) {
    const invoice = extractInvoice(readInvoiceDocument(previousOutput));
    const { evidence: _evidence, ...facts } = invoice;
    logger.info('invoice read', facts);
    return invoice;
  },
});
