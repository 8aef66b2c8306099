import { z } from 'zod';

export const requeuedSchema = z.object({
  /** How many executions the leader was asked to set going again. */
  requested: z.int(),
});
export type Requeued = z.infer<typeof requeuedSchema>;
