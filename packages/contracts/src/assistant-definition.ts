import { CONNECTION_SOURCES } from '@gantry/domain/event-type';
import { pipelineSchema } from '@gantry/domain/pipeline';
import { z } from 'zod';

export const connectionSchema = z.object({
  sourceType: z.enum(CONNECTION_SOURCES),
  sourceRef: z.string().min(1).max(500),
  subscription: z.string().max(4_000).nullish(),
});
export type Connection = z.infer<typeof connectionSchema>;

/** Taxonomies and labels an assistant works with, and its pipeline. Unknown options are kept as they are. */
export const assistantOptionsSchema = z.looseObject({
  taxonomies: z.array(z.json()).nullish(),
  complete_label: z.string().max(200).nullish(),
  pipeline: pipelineSchema.nullish(),
});
export type AssistantOptions = z.infer<typeof assistantOptionsSchema>;
