import { z } from 'zod';

/** A century is as good as for ever. */
const days = z.int().min(1).max(36_500).optional();

/** What has been kept for longer than so many days goes now: at least one of them has to be given. */
export const pruneRequestSchema = z
  .object({
    /** Since they finished. */
    executionDays: days,
    /** Since they came. */
    eventDays: days,
    dryRun: z.boolean().default(false),
  })
  .refine(({ executionDays, eventDays }) => executionDays !== undefined || eventDays !== undefined, {
    error: 'expected executionDays, eventDays or both',
    path: ['executionDays'],
  });
export type PruneRequest = z.input<typeof pruneRequestSchema>;

export const prunedSchema = z.object({
  /** How many were removed; with dryRun, how many would be. */
  executions: z.int(),
  events: z.int(),
  /** There may be more of them: ask again. */
  more: z.boolean(),
});
export type Pruned = z.infer<typeof prunedSchema>;
