import { z } from 'zod';

/** What workers take no slices of, in Redis. */
export const pausedWorkSchema = z.object({
  everything: z.boolean(),
  /** `org/slug` of module runtimes. */
  runtimes: z.array(z.string()),
});
export type Paused = z.infer<typeof pausedWorkSchema>;
