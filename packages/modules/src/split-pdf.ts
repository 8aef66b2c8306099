import { splitPdf } from '@gantry/documents/pdf/split-pdf';
import { defineModule } from '@gantry/module-sdk/define-module';
import { z } from 'zod';
import { maxBytesOption, readContentObject, withDocumentErrors } from './document-step.ts';

export default defineModule({
  ref: 'gantry/split-pdf',
  name: 'Split PDF',
  description:
    'The parts of the PDF in the content object, each kept as a content of its own: { parts: [{ pages, contentRef, bytes }] }.',
  options: z
    .object({
      ranges: z
        .array(z.string().max(1_000))
        .min(1)
        .max(1_000)
        .optional()
        .describe('The pages of each part, such as ["1-3,7", "8-"]'),
      everyPages: z
        .int()
        .min(1)
        .max(10_000)
        .optional()
        .describe('Instead of ranges: so many pages each; 1 when neither is given'),
      maxBytes: maxBytesOption,
    })
    .refine(({ ranges, everyPages }) => ranges === undefined || everyPages === undefined, {
      path: ['everyPages'],
      message: 'goes without ranges',
    }),
  async infer(step) {
    const { options, content, signal, progress, logger } = step;
    const { ranges, everyPages = 1, maxBytes } = options;
    const bytes = await readContentObject(step, maxBytes);
    return withDocumentErrors(async () => {
      const parts: { pages: number[]; contentRef: string; bytes: number }[] = [];
      for await (const part of splitPdf(bytes, ranges === undefined ? { everyPages } : { ranges })) {
        signal.throwIfAborted();
        const about = { contentType: 'application/pdf', name: `part-${parts.length + 1}.pdf` };
        parts.push({ pages: part.pages, contentRef: await content.write(part.bytes, about), bytes: part.bytes.length });
        progress(parts.length);
      }
      logger.info('PDF split', { parts: parts.length });
      return { parts };
    });
  },
});
