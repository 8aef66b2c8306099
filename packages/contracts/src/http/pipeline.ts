import { checkConditional } from '@gantry/domain/expression/conditional';
import { parseModuleRef } from '@gantry/domain/module-ref';
import { MAX_STEPS, ownPolicySchema, stepDefinitionSchema } from '@gantry/domain/pipeline';
import { z } from 'zod';
import { expressionField } from './expression-field.ts';

/** Clocks tell no less than a millisecond; what was saved before may have less. */
const MIN_TIMEOUT_SECONDS = 0.001;

const { timeoutSeconds } = ownPolicySchema.shape;
const policyField = ownPolicySchema.extend({
  timeoutSeconds: timeoutSeconds.unwrap().min(MIN_TIMEOUT_SECONDS).optional(),
});

/** A pipeline as clients send it: every step must name a module, and its conditional must be one. */
export const pipelineField = z.object({
  steps: z
    .array(
      stepDefinitionSchema.extend({
        ref: z
          .string()
          .max(300)
          .refine((ref) => parseModuleRef(ref) !== undefined, 'expected module://org/slug or org/slug'),
        executionPolicy: policyField.nullish(),
        conditional: expressionField(checkConditional).nullish(),
      }),
    )
    .max(MAX_STEPS),
});
