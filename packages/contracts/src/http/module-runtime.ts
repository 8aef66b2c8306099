import { z } from 'zod';
import { listQuerySchema } from './page.ts';

/** A pool of workers. Its slices and workers are those of all organizations that share it. */
export const moduleRuntimeSchema = z.object({
  /** `org/slug`, as the `moduleRuntimeRef` of modules names it. */
  ref: z.string(),
  orgSlug: z.string(),
  slug: z.string(),
  /** Slices that wait for a worker. */
  queueDepth: z.int(),
  /** Slices that wait for the time of their next attempt. */
  delayed: z.int(),
  /** Slices that are being run. */
  active: z.int(),
  workers: z.int(),
  /** Of the slice that waits longest; null when none waits. */
  oldestWaitMs: z.int().nullable(),
});
export type ModuleRuntime = z.infer<typeof moduleRuntimeSchema>;

export const moduleRuntimeQuerySchema = listQuerySchema.pick({
  page: true,
  pageSize: true,
  cursor: true,
  query: true,
});
