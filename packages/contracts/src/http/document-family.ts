import { z } from 'zod';
import { contentObjectSchema } from '../document-snapshot.ts';
import { foreignIdField, idField, jsonObjectField, resourceFields } from './fields.ts';

export const documentFamilySchema = z.object({
  ...resourceFields,
  projectId: z.string().nullable(),
  storeId: z.string().nullable(),
  storeRef: z.string().nullable(),
  path: z.string().nullable(),
  labels: z.array(z.string()),
  mixins: z.array(z.string()),
  metadata: jsonObjectField,
  contentObjects: z.array(contentObjectSchema),
  documentStatus: z.string().nullable(),
  locked: z.boolean(),
});
export type DocumentFamily = z.infer<typeof documentFamilySchema>;

const MAX_ASSISTANTS = 100;

/** `assistantId` repeated or separated by commas; none: every assistant that processed the family before. */
export const reprocessQuerySchema = z.object({
  assistantId: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((value) => [value].flat().flatMap((text) => text.split(',').flatMap((id) => id.trim() || [])))
    .pipe(z.array(idField).max(MAX_ASSISTANTS)),
});

export const reprocessBodySchema = z.object({ assistantIds: z.array(idField).max(MAX_ASSISTANTS).default([]) });

export const familyParamsSchema = z.object({ id: foreignIdField });
