// Reads an invoice, whatever file it comes as, and gives the books what it says. With `npm start` running:
//
//   npx node examples/invoice-pipeline.ts [file]

import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { SampleGantry } from './sample-gantry.ts';

const INVOICE = `Acme Ltd
Invoice No: 2024-17
Date: 9 April 2024
Total    GBP 1,250.00`;

const gantry = await SampleGantry.open();
const store = await gantry.store('sample-invoices');
const assistant = await gantry.apply({
  name: 'Invoices for the books',
  subscription: 'CONTENT_CREATED',
  connections: [{ sourceType: 'STORE', sourceRef: store }],
  options: {
    pipeline: {
      steps: [
        { ref: 'module://gantry/office-parser', name: 'read' },
        { ref: 'module://gantry/invoice-extractor', name: 'extract' },
        {
          ref: 'module://gantry/json-transform',
          name: 'shape',
          options: {
            expression: '{"number": invoiceNumber, "from": issuer, "on": date, "amount": amount, "currency": currency}',
          },
        },
      ],
    },
  },
});

const [, , file] = process.argv;
const invoice = file === undefined ? new Blob([INVOICE]) : await openAsBlob(file);
await gantry.upload(store, invoice, basename(file ?? 'invoice.txt'), assistant);
