import { readScan } from '@gantry/documents/ocr/read-scan';
import { defineModule } from '@gantry/module-sdk/define-module';
import { z } from 'zod';
import { logWarnings, maxBytesOption, readContentObject, withDocumentErrors } from './document-step.ts';
import { LookedPages } from './looked-pages.ts';

export default defineModule({
  ref: 'gantry/ocr',
  name: 'OCR',
  description:
    'Text and layout of the scan or photo in the content object, in the shape in which the PDF parser gives them: pages of a PDF that have no text are looked at, the text of the others is read. TIFFs of many pages are read page by page.',
  options: z.object({
    languages: z
      .array(z.string().min(1).max(40))
      .min(1)
      .max(8)
      .default(['eng', 'deu'])
      .describe('What the pages are written in, the most likely first: codes of Tesseract'),
    everyPage: z.boolean().default(false).describe('Looks at pages that have a text, too, and takes what it sees'),
    dpi: z
      .int()
      .min(72)
      .max(600)
      .default(200)
      .describe('Dots to the inch of pages of a PDF, and of pictures that do not say it'),
    minConfidence: z.number().min(0).max(1).default(0.3).describe('Words that are less sure are left out'),
    pages: z.string().max(1_000).optional().describe('The pages to read, such as 1-3,7 or 10-; all when absent'),
    maxPages: z.int().min(1).max(1_000).default(100).describe('So many pages are read at most'),
    maxBytes: maxBytesOption,
    password: z.string().max(1_000).optional().describe('Opens a PDF that is encrypted'),
  }),
  async infer(step) {
    const { options, signal, progress, logger } = step;
    const { maxBytes, ...reading } = options;
    const bytes = await readContentObject(step, maxBytes);
    const looked = await LookedPages.open(step);
    const document = await withDocumentErrors(() =>
      readScan(bytes, {
        ...reading,
        signal,
        onPage: progress,
        looked: looked.pages,
        onLooked: (page) => looked.keep(page),
      }),
    );
    const recognized = document.pages.filter(({ confidence }) => confidence !== null).length;
    logger.info('Document read', { pages: document.pages.length, recognized, characters: document.text.length });
    logWarnings(step, document.warnings);
    return document;
  },
});
