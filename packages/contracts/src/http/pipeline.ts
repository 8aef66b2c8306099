import { parseModuleRef } from '@gantry/domain/module-ref';
import { MAX_STEPS, stepDefinitionSchema } from '@gantry/domain/pipeline';
import { z } from 'zod';

/** A pipeline as clients send it: every step must name a module. */
export const pipelineField = z.object({
  steps: z
    .array(
      stepDefinitionSchema.extend({
        ref: z
          .string()
          .max(300)
          .refine((ref) => parseModuleRef(ref) !== undefined, 'expected module://org/slug or org/slug'),
      }),
    )
    .max(MAX_STEPS),
});
