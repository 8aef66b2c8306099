import { logLevelNames } from '@gantry/domain/log-entry';
import { z } from 'zod';
import { instantField } from './fields.ts';

/** What a step logged, or what the engine has to say of it. */
export const executionLogSchema = z.object({
  id: z.string(),
  /** The same as `id`. */
  uuid: z.string(),
  executionId: z.string(),
  stepId: z.string(),
  level: z.enum(logLevelNames),
  logDate: instantField,
  entry: z.string(),
});
export type ExecutionLog = z.infer<typeof executionLogSchema>;
