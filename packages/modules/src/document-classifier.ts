import { classify, taxonomySchema } from '@gantry/documents/classify';
import { textOf } from '@gantry/documents/text-of';
import { defineModule } from '@gantry/module-sdk/define-module';
import { z } from 'zod';
import { withDocumentErrors } from './document-step.ts';

export default defineModule({
  ref: 'gantry/document-classifier',
  name: 'Document classifier',
  description:
    'The category of a text, by the keywords and patterns of a taxonomy, with its confidence and what matched; null when no category is clear.',
  options: z.object({
    categories: taxonomySchema.describe('The taxonomy: each category with its keywords and patterns'),
    minConfidence: z.number().min(0).max(1).default(0.5).describe('A category below it is null'),
  }),
  infer: ({ options, previousOutput, logger }) =>
    withDocumentErrors(() => {
      const result = classify(textOf(previousOutput), options.categories, options.minConfidence);
      logger.info('Document classified', { category: result.category, confidence: result.confidence });
      return result;
    }),
});
