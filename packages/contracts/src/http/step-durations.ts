import { z } from 'zod';
import { countedHours } from './counted-hours.ts';

/** How long steps took that ended in these hours, by module; those with most runs first, at most 1,000. */
export const stepDurationsSchema = z.object({
  ...countedHours,
  modules: z.array(
    z.object({
      /** As `module://org/slug`, whatever spelling and version pipelines refer to it by. */
      ref: z.string(),
      /** Steps that ran, exactly; skipped and cancelled ones did not. */
      runs: z.int(),
      /** Of the runs. */
      failed: z.int(),
      meanMs: z.number(),
      /** Estimated: within 5 % of what it is. */
      p50Ms: z.number(),
      p90Ms: z.number(),
      p99Ms: z.number(),
    }),
  ),
});
export type StepDurations = z.infer<typeof stepDurationsSchema>;

/** What counting anew has found: how many numbers were not what the record says, and are now. */
export const rebuiltRollupsSchema = z.object({ executions: z.int(), durations: z.int() });
export type RebuiltRollups = z.infer<typeof rebuiltRollupsSchema>;
