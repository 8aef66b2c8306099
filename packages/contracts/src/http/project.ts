import { z } from 'zod';
import { changeSequenceField, descriptionField, nameField, resourceFields, slugField } from './fields.ts';

export const projectSchema = z.object({
  ...resourceFields,
  organizationId: z.string(),
  name: z.string(),
  slug: z.string(),
  description: z.string().nullable(),
});
export type Project = z.infer<typeof projectSchema>;

export const projectInputSchema = z.object({
  name: nameField,
  slug: slugField.optional(),
  description: descriptionField.nullish(),
});
export type ProjectInput = z.input<typeof projectInputSchema>;

/** What is left out stays as it is. */
export const projectUpdateSchema = projectInputSchema
  .partial()
  .extend({ changeSequence: changeSequenceField.nullish() });
export type ProjectUpdate = z.input<typeof projectUpdateSchema>;
