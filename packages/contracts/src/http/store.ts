import { z } from 'zod';
import { idField, nameField, pathIdField, resourceFields, slugField } from './fields.ts';

export const storeSchema = z.object({
  ...resourceFields,
  orgSlug: z.string(),
  slug: z.string(),
  version: z.string(),
  /** `org/slug:version` */
  storeRef: z.string(),
  name: z.string(),
  projectId: z.string().nullable(),
});
export type Store = z.infer<typeof storeSchema>;

export const storeInputSchema = z.object({
  id: pathIdField.optional(),
  name: nameField,
  orgSlug: slugField.optional(),
  slug: slugField.optional(),
  version: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected a version such as 1.0.0')
    .default('1.0.0'),
  projectId: idField.nullish(),
});
export type StoreInput = z.input<typeof storeInputSchema>;
