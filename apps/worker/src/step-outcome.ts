import type { StepInput } from '@gantry/contracts/execution-job';
import type { JobEnd } from '@gantry/dispatch/job-worker';
import type { ExceptionDetails } from '@gantry/domain/exception-details';
import type { FactOf, LabelChange, WrittenContent } from '@gantry/domain/fact';
import type { JsonObject } from '@gantry/domain/json';

export interface Outcome {
  status: FactOf<'step-finished'>['status'];
  output: StepInput;
  error: ExceptionDetails | null;
  emitted: JsonObject[];
  written: WrittenContent[];
  labels: LabelChange[];
  attempt: number;
  /** Milliseconds since 1970; now, if it does not say. */
  at?: number;
}

/** What trying a step came to: an outcome to report, or the end of this lease of the slice. */
export type Attempted = { kind: 'outcome'; outcome: Outcome } | { kind: 'slice-ends'; end: JobEnd };

export const OVER: JobEnd = { kind: 'over' };
export const SLICE_OVER: Attempted = { kind: 'slice-ends', end: OVER };
export const NO_OUTPUT: StepInput = { output: null, outputRef: null, outputId: null };

export function putBack(waitMs: number): Attempted {
  return { kind: 'slice-ends', end: { kind: 'put-back', at: Date.now() + waitMs } };
}

export function unsuccessful(
  status: Exclude<Outcome['status'], 'SUCCEEDED'>,
  error: ExceptionDetails | null,
  attempt: number,
): Attempted {
  return {
    kind: 'outcome',
    outcome: { status, output: NO_OUTPUT, error, emitted: [], written: [], labels: [], attempt },
  };
}
