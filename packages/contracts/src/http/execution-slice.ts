import { stepStatusNames } from '@gantry/domain/step-status';
import { z } from 'zod';
import { instantField } from './fields.ts';

/** A slice: the consecutive steps of an execution that a worker takes at once. */
export const executionSliceSchema = z.object({
  /** Counted from 0. */
  sliceOrder: z.int(),
  /** How often it was leased to a worker. */
  attemptNumber: z.int(),
  status: z.enum(stepStatusNames),
  moduleRuntimeRef: z.string(),
  queuedAt: instantField.nullable(),
  /** The last time. */
  leasedAt: instantField.nullable(),
  /** The first time. */
  startedAt: instantField.nullable(),
  completedAt: instantField.nullable(),
  durationMs: z.int().nullable(),
  workerId: z.string().nullable(),
  errorMessage: z.string().nullable(),
});
export type ExecutionSlice = z.infer<typeof executionSliceSchema>;
