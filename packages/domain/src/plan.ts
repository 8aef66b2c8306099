/** A run of consecutive steps that share a module runtime: the unit a worker takes. Steps are counted from 0. */
export interface Slice {
  runtime: string;
  firstStep: number;
  stepCount: number;
}

/**
 * Groups the steps from `firstStep` on into slices.
 * @param runtimes the module runtime of each step of the whole pipeline, in order
 */
export function planSlices(runtimes: readonly string[], firstStep = 0): Slice[] {
  const slices: Slice[] = [];
  for (const [step, runtime] of runtimes.entries()) {
    if (step < firstStep) continue;
    const last = slices.at(-1);
    if (last?.runtime === runtime) last.stepCount += 1;
    else slices.push({ runtime, firstStep: step, stepCount: 1 });
  }
  return slices;
}
