import { z } from 'zod';
import { runtimeRefField } from '../module-definition.ts';
import { instantField } from './fields.ts';

const target = {
  everything: z.literal(true).optional(),
  runtime: runtimeRefField.optional(),
  assistantId: z.uuid().optional(),
};

const ONE_OF = { error: 'expected one of everything, runtime and assistantId', path: ['everything'] };
const namesOne = (given: { everything?: unknown; runtime?: unknown; assistantId?: unknown }) =>
  [given.everything, given.runtime, given.assistantId].filter((one) => one !== undefined).length === 1;

/** What is held: one of these. */
export const pauseTargetSchema = z.object(target).refine(namesOne, ONE_OF);
export type PauseTarget = z.infer<typeof pauseTargetSchema>;

/** Nothing new of it starts; what runs goes on, and events are still taken. */
export const pauseRequestSchema = z
  .object({ ...target, reason: z.string().min(1).max(500).optional() })
  .refine(namesOne, ONE_OF);
export type PauseRequest = z.infer<typeof pauseRequestSchema>;

export const pauseSchema = z.object({
  kind: z.enum(['everything', 'runtime', 'assistant']),
  /** `org/slug` of a runtime, id of an assistant; null for everything. */
  target: z.string().nullable(),
  reason: z.string().nullable(),
  /** Name of the key. */
  pausedBy: z.string(),
  pausedOn: instantField,
});

export const pausesSchema = z.object({ pauses: z.array(pauseSchema) });
export type Pauses = z.infer<typeof pausesSchema>;
