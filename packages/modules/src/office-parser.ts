import { detectFormat, OFFICE_FORMATS } from '@gantry/documents/office/office-format';
import { readOffice } from '@gantry/documents/office/read-office';
import { readFirstPdf } from '@gantry/documents/pdf/first-pdf';
import { readPdf } from '@gantry/documents/pdf/read-pdf';
import { defineModule } from '@gantry/module-sdk/define-module';
import { ModuleError } from '@gantry/module-sdk/module-error';
import { z } from 'zod';
import { logWarnings, maxBytesOption, readContentObject, withDocumentErrors } from './document-step.ts';

export const prepare = readFirstPdf;

export default defineModule({
  ref: 'gantry/office-parser',
  name: 'Office parser',
  description:
    'Text and layout of the docx, xlsx, pptx, html, eml, msg, csv or text file in the content object, in the shape in which the PDF parser gives them; PDFs too.',
  options: z.object({
    format: z
      .enum(['auto', ...OFFICE_FORMATS])
      .default('auto')
      .describe('What the file is; auto looks at its first bytes and, for csv, at its name'),
    maxPages: z.int().min(1).max(5_000).default(500).describe('So many pages, sheets or slides are read at most'),
    maxBytes: maxBytesOption,
  }),
  async infer(step) {
    const { options, contentObject, documentFamily, signal, progress, logger } = step;
    const { maxPages, maxBytes } = options;
    const bytes = await readContentObject(step, maxBytes);
    const named = [contentObject?.['name'], documentFamily?.['path']].find((name) => typeof name === 'string');
    const format = options.format === 'auto' ? detectFormat(bytes, named ?? null) : options.format;
    if (format === null) throw new ModuleError('FORMAT_UNKNOWN', 'The file is of no kind that is read here');
    const document = await withDocumentErrors(() =>
      format === 'pdf'
        ? readPdf(bytes, { maxPages, signal, onPage: progress })
        : readOffice(bytes, format, { maxPages }),
    );
    logger.info('Document read', { format, pages: document.pages.length, characters: document.text.length });
    logWarnings(step, document.warnings);
    return { format, ...document };
  },
});
