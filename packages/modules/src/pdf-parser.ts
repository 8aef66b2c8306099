import { readFirstPdf } from '@gantry/documents/pdf/first-pdf';
import { readPdf } from '@gantry/documents/pdf/read-pdf';
import { defineModule } from '@gantry/module-sdk/define-module';
import { z } from 'zod';
import { logWarnings, maxBytesOption, readContentObject, withDocumentErrors } from './document-step.ts';

export const prepare = readFirstPdf;

export default defineModule({
  ref: 'gantry/pdf-parser',
  name: 'PDF parser',
  description:
    'Text and page layout of the PDF in the content object: pages, lines in reading order, their boxes, form fields and notes, attached XML.',
  options: z.object({
    pages: z.string().max(1_000).optional().describe('The pages to read, such as 1-3,7 or 10-; all when absent'),
    maxPages: z
      .int()
      .min(1)
      .max(5_000)
      .default(500)
      .describe('So many pages are read at most; a warning tells of more'),
    maxBytes: maxBytesOption,
    password: z.string().max(1_000).optional().describe('Opens a PDF that is encrypted'),
  }),
  async infer(step) {
    const { options, signal, progress, logger } = step;
    const { pages, maxPages, maxBytes, password } = options;
    const bytes = await readContentObject(step, maxBytes);
    const pdf = await withDocumentErrors(() => readPdf(bytes, { pages, maxPages, password, signal, onPage: progress }));
    logger.info('PDF read', { pages: pdf.pages.length, characters: pdf.text.length });
    logWarnings(step, pdf.warnings);
    return pdf;
  },
});
