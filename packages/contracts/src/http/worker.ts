import { z } from 'zod';
import { instantField } from './fields.ts';

/** A worker that is there. */
export const workerSchema = z.object({
  id: z.string(),
  startedOn: instantField,
  /** The module runtimes that it takes slices of; `*`: every other one as well. */
  runtimes: z.array(z.string()),
  /** How many modules it has. */
  modules: z.int(),
});
export type Worker = z.infer<typeof workerSchema>;

export const workersSchema = z.object({ workers: z.array(workerSchema) });
export type Workers = z.infer<typeof workersSchema>;
