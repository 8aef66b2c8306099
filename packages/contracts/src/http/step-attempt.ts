import { exceptionDetailsSchema } from '@gantry/domain/exception-details';
import { ATTEMPT_OUTCOMES } from '@gantry/domain/step-attempt';
import { z } from 'zod';
import { instantField } from './fields.ts';

/** One attempt of a step. The newest 20 of each step are kept as long as the execution. */
export const stepAttemptSchema = z.object({
  /** Of the pipeline, counted from 0. */
  step: z.int(),
  /** Counted from 1. */
  number: z.int(),
  workerId: z.string().nullable(),
  /** Of one that waits for its turn after a failure: when it is due. */
  startedAt: instantField,
  finishedAt: instantField.nullable(),
  durationMs: z.int().nullable(),
  /** LOST: its worker, or what it reported, was lost. */
  outcome: z.enum(ATTEMPT_OUTCOMES),
  exceptionDetails: exceptionDetailsSchema.nullable(),
});
export type StepAttempt = z.infer<typeof stepAttemptSchema>;
