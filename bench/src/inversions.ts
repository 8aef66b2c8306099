export interface Run {
  priority: number;
  /** In ms since 1970. */
  createdAt: number;
  startedAt: number;
}

export interface Tolerance {
  /** From its event until an execution is in its queue, at most, in ms. */
  underWayMs: number;
  /** What starts within so many ms of each other starts together: a worker has several slots. */
  togetherMs: number;
}

/**
 * Counts the executions that started before one that should have come first and had been waiting: one of a higher priority,
 * or one of the same that was created earlier.
 */
export function countInversions(runs: readonly Run[], { underWayMs, togetherMs }: Tolerance) {
  const count = { priority: 0, age: 0 };
  const lastFirst = runs.toSorted((a, b) => b.startedAt - a.startedAt);
  /** Of those that started later, by priority: when the oldest was created. */
  const oldest = new Map<number, number>();
  let later = 0;
  for (const run of lastFirst) {
    for (let next = lastFirst[later]; next && next.startedAt > run.startedAt + togetherMs; next = lastFirst[later]) {
      oldest.set(next.priority, Math.min(oldest.get(next.priority) ?? next.createdAt, next.createdAt));
      later += 1;
    }
    const waiting = [...oldest].filter(([, createdAt]) => createdAt < run.startedAt - underWayMs);
    if (waiting.some(([priority]) => priority > run.priority)) count.priority += 1;
    if ((oldest.get(run.priority) ?? Number.POSITIVE_INFINITY) < run.createdAt - underWayMs) count.age += 1;
  }
  return count;
}
