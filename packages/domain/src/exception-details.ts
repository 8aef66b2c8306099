import { z } from 'zod';
import type { ExceptionCode } from './exception-catalogue.ts';

/** Why a step or an execution failed, as clients read it. `errorType` is the stable code. */
export const exceptionDetailsSchema = z.object({
  message: z.string(),
  statusCode: z.number().int().optional(),
  errorMessage: z.string().optional(),
  errorType: z.string(),
  executedVersion: z.string().optional(),
  advice: z.string().optional(),
  description: z.string().optional(),
  cause: z.record(z.string(), z.json()).optional(),
  documentationUrl: z.string().optional(),
  stackTrace: z.array(z.record(z.string(), z.json())).optional(),
  help: z.string().optional(),
  optionErrors: z.record(z.string(), z.json()).optional(),
  validationErrors: z
    .array(z.object({ message: z.string(), option: z.string().optional(), description: z.string().optional() }))
    .optional(),
});
export type ExceptionDetails = z.infer<typeof exceptionDetailsSchema>;

/** Of the engine and of the modules that ship with it. */
export function exception(errorType: ExceptionCode, message: string, advice?: string): ExceptionDetails {
  return moduleException(errorType, message, advice);
}

/** By a code of a module's own. */
export function moduleException(errorType: string, message: string, advice?: string): ExceptionDetails {
  return { errorType, message, errorMessage: message, ...(advice === undefined ? {} : { advice }) };
}
