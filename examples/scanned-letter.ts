// Reads a scanned letter, says whether it is a complaint or an order, and labels its document as classified. With `npm start` running:
//
//   npx node examples/scanned-letter.ts

import { drawLetter } from './drawn-letter.ts';
import { SampleGantry } from './sample-gantry.ts';

const gantry = await SampleGantry.open();
const store = await gantry.store('sample-letters');
const assistant = await gantry.apply({
  name: 'Letters classified',
  subscription: 'CONTENT_CREATED',
  connections: [{ sourceType: 'STORE', sourceRef: store }],
  options: {
    pipeline: {
      steps: [
        { ref: 'module://gantry/ocr', name: 'read', options: { languages: ['eng'], dpi: 100 } },
        {
          ref: 'module://gantry/document-classifier',
          name: 'classify',
          options: {
            categories: [
              { name: 'complaint', keywords: ['complaint', 'broken', 'refund'] },
              { name: 'order', keywords: ['order', 'deliver'] },
            ],
          },
        },
        { ref: 'module://gantry/label', name: 'mark', options: { add: ['classified'] } },
      ],
    },
  },
});

await gantry.upload(store, await drawLetter(), 'letter.png', assistant);
