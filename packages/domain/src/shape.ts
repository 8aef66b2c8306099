/**
 * The newest shape of jobs, permissions and facts that this version reads. What means something else than before gets a
 * higher number, as `shape`; what has none is of the first. A field that may be left out is no new shape.
 */
export const NEWEST_SHAPE = 1;

/** The number of a job's or a fact's shape; 1 where it says none. */
export function shapeOf(value: unknown): number {
  const shape = typeof value === 'object' && value !== null && 'shape' in value ? value.shape : undefined;
  return typeof shape === 'number' && Number.isInteger(shape) ? shape : 1;
}
