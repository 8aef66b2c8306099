import { readInvoiceDocument } from '@gantry/documents/invoice/document';
import { extractInvoice } from '@gantry/documents/invoice/extract-invoice';
import { defineModule } from '@gantry/module-sdk/define-module';
import { withDocumentErrors } from './document-step.ts';

export default defineModule({
  ref: 'gantry/invoice-extractor',
  name: 'Invoice extractor',
  description:
    'Issuer, invoice number, date, amount and currency of an invoice, each with where it was read, from the output of the PDF parser (or { text }) that the step before gave.',
  async infer({ previousOutput, logger }) {
    const invoice = await withDocumentErrors(() => extractInvoice(readInvoiceDocument(previousOutput)));
    const { evidence: _evidence, ...facts } = invoice;
    logger.info('invoice read', facts);
    return invoice;
  },
});
