import { SECRET_NAME } from '@gantry/domain/secret-name';
import { z } from 'zod';
import { idField, resourceFields } from './fields.ts';

export const secretNameField = z.string().regex(SECRET_NAME, 'expected capitals, digits and _, such as CRM_TOKEN');

/** A secret of the store, without its value: nobody reads that over HTTP. */
export const secretSchema = z.object({
  ...resourceFields,
  name: z.string(),
  /** Null: for all projects that have none of that name. */
  projectId: z.string().nullable(),
});
export type Secret = z.infer<typeof secretSchema>;

export const secretInputSchema = z.object({
  value: z
    .string()
    .min(1)
    .refine((value) => Buffer.byteLength(value) <= 65_536, 'expected at most 65,536 bytes'),
});

/** How a worker asks for a secret of an execution that it runs. */
export const secretQuestionSchema = z.object({ executionId: idField, name: secretNameField });
