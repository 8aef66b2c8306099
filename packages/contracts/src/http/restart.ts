import { MAX_STEPS } from '@gantry/domain/pipeline';
import { z } from 'zod';
import { jsonObjectField } from './fields.ts';

/** How a finished execution begins anew, in its place: the outputs of the steps before `fromStep` are taken over. */
export const restartRequestSchema = z.object({
  /** Counted from 0; else the first step that did not succeed. */
  fromStep: z
    .int()
    .min(0)
    .max(MAX_STEPS - 1)
    .nullish(),
  /** The steps as they were, or those that the assistant has now. */
  pipeline: z.enum(['original', 'current']).default('original'),
  /** By the number of a step: options in place of its own. */
  options: z.record(z.string().regex(/^\d{1,3}$/, 'expected the number of a step'), jsonObjectField).nullish(),
  /** Added to the context, in place of what has the same name. */
  context: jsonObjectField.nullish(),
});
export type RestartRequest = z.infer<typeof restartRequestSchema>;
export type RestartInput = z.input<typeof restartRequestSchema>;
