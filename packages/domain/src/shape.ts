import { z } from 'zod';

/**
 * The newest shape of jobs, permissions and facts that this version reads. What means something else than before gets a
 * higher number, as `shape`; what has none is of the first. A field that may be left out is no new shape.
 */
export const NEWEST_SHAPE = 1;

const shaped = z.object({ shape: z.number().int() });

/** The number of a job's or a fact's shape; 1 where it says none. */
export function shapeOf(value: unknown): number {
  return shaped.safeParse(value).data?.shape ?? 1;
}
