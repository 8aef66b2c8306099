import { defineModule, ModuleError } from '@gantry/module-sdk';
import { z } from 'zod';

/** Of what the step before gave: a text, or a document that was read. */
const textOf = z.union([z.string(), z.object({ text: z.string() }).transform(({ text }) => text)]).catch('');

export default defineModule({
  ref: 'acme/word-count',
  description: 'Counts the words of a text.',
  options: z.object({ least: z.int().min(0).default(1).describe('Fewer words fail the step') }),
  infer({ options, previousOutput, logger }) {
    const words = textOf.parse(previousOutput).split(/\s+/).filter(Boolean).length;
    if (words < options.least) throw new ModuleError('TOO_FEW_WORDS', `${words} words`, { permanent: true });
    logger.info('Counted', { words });
    return { words };
  },
});
