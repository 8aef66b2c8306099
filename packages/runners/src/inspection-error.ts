import type { StepError } from './step-result.ts';

/** Why a file could not be taken for a module. */
export class InspectionError extends Error {
  readonly error: StepError;

  constructor(error: StepError) {
    super(error.message);
    this.error = error;
  }
}
