import { readPdf } from '@gantry/documents/pdf/read-pdf';
import { defineModule } from '@gantry/module-sdk/define-module';
import { ModuleError } from '@gantry/module-sdk/module-error';
import { z } from 'zod';

const MIB = 1024 * 1024;

export default defineModule({
  ref: 'gantry/pdf-parser',
  name: 'PDF parser',
  description: 'Text and page layout of the PDF in the content object: pages, lines in reading order, their boxes.',
  options: z.object({
    maxPages: z.int().min(1).max(5_000).default(500).describe('A PDF with more pages is refused'),
    maxBytes: z
      .int()
      .min(1)
      .max(512 * MIB)
      .default(100 * MIB)
      .describe('A larger PDF is refused'),
  }),
  async infer({ options: { maxPages, maxBytes }, contentObject, content, signal, progress, logger }) {
    const contentRef = contentObject?.['contentRef'];
    if (typeof contentRef !== 'string') {
      throw new ModuleError(
        'CONTENT_OBJECT_MISSING',
        'contentObject: the step has none with a contentRef to read from',
      );
    }
    const bytes = await content.read(contentRef, { maxBytes });
    const pdf = await readPdf(bytes, { maxPages, signal, onPage: progress });
    logger.info('PDF read', { pages: pdf.pageCount, characters: pdf.text.length });
    return pdf;
  },
});
