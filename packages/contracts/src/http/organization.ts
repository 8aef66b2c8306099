import { z } from 'zod';
import { instantField, nameField, slugField } from './fields.ts';

export const organizationSchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  createdOn: instantField,
});
export type Organization = z.infer<typeof organizationSchema>;

/** With the secret of its first key, which is an admin's and is shown this once. */
export const createdOrganizationSchema = organizationSchema.extend({ key: z.string() });

export const organizationInputSchema = z.object({ name: nameField, slug: slugField.optional() });
