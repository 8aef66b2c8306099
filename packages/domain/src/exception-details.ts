import { z } from 'zod';

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

export function exception(errorType: string, message: string, advice?: string): ExceptionDetails {
  return { errorType, message, errorMessage: message, ...(advice === undefined ? {} : { advice }) };
}
