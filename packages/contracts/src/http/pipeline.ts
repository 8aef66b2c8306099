import { checkConditional } from '@gantry/domain/expression/conditional';
import { parseModuleRef } from '@gantry/domain/module-ref';
import { MAX_STEPS, stepDefinitionSchema } from '@gantry/domain/pipeline';
import { z } from 'zod';
import { expressionField } from './expression-field.ts';

/** A pipeline as clients send it: every step must name a module, and its conditional must be one. */
export const pipelineField = z.object({
  steps: z
    .array(
      stepDefinitionSchema.extend({
        ref: z
          .string()
          .max(300)
          .refine((ref) => parseModuleRef(ref) !== undefined, 'expected module://org/slug or org/slug'),
        conditional: expressionField(checkConditional).nullish(),
      }),
    )
    .max(MAX_STEPS),
});
