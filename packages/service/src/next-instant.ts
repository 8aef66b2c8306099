/**
 * Milliseconds until the next multiple of `everyMs` on the clock of this process, and at least half of it. Whoever does something again
 * and again does it then: a process that wakes once for many things takes a fraction of the CPU.
 */
export function untilNextInstant(everyMs: number): number {
  return Math.ceil(Math.max(everyMs / 2, everyMs - (performance.now() % everyMs)));
}
