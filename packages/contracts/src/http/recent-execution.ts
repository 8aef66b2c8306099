import { z } from 'zod';
import { assistantSchema } from './assistant.ts';
import { executionSchema } from './execution.ts';
import { instantField } from './fields.ts';

/** An execution with the assistant whose pipeline it runs; null where it has none, or none any more. */
export const recentExecutionSchema = z.object({
  assistant: assistantSchema.nullable(),
  execution: executionSchema,
  startDate: instantField.nullable(),
  endDate: instantField.nullable(),
});
