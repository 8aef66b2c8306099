import { z } from 'zod';
import { moduleMetadataAnswerSchema, moduleMetadataInputSchema } from '../module-definition.ts';
import { changeSequenceField, descriptionField, instantField, nameField, resourceFields, slugField } from './fields.ts';

export const moduleSchema = z.object({
  ...resourceFields,
  /** `module://org/slug` */
  ref: z.string(),
  orgSlug: z.string(),
  slug: z.string(),
  version: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  moduleType: z.string(),
  metadata: moduleMetadataAnswerSchema,
  active: z.boolean(),
  /** All of its published versions are withdrawn since then: no step gets it until one is published again. */
  withdrawnOn: instantField.nullable(),
  /** It ships with Gantry and cannot be changed. */
  builtIn: z.boolean(),
  /** Where its definition comes from: an organization's own, what ships with Gantry, or a module file that workers have. */
  source: z.enum(['organization', 'built-in', 'worker']),
  /** How many workers can run it at the moment; null when that is not known. */
  workers: z.int().nullable(),
});
export type Module = z.infer<typeof moduleSchema>;

const versionField = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}$/, 'expected a version such as 1.0.0');

const fields = {
  version: versionField.optional(),
  name: nameField.optional(),
  description: descriptionField.nullish(),
  moduleType: z.string().min(1).max(100).optional(),
  active: z.boolean().optional(),
};

/** Named by `ref`, or by `slug` and, when it is not the organization's own, `orgSlug`. */
export const moduleInputSchema = z.object({
  ...fields,
  ref: z.string().max(300).optional(),
  orgSlug: slugField.optional(),
  slug: slugField.optional(),
  metadata: moduleMetadataInputSchema.prefault({}),
});
export type ModuleInput = z.input<typeof moduleInputSchema>;

/** What is left out stays as it is; the name it is referred to by cannot change. */
export const moduleUpdateSchema = z.object({
  ...fields,
  metadata: moduleMetadataInputSchema.optional(),
  changeSequence: changeSequenceField.nullish(),
});
export type ModuleUpdate = z.input<typeof moduleUpdateSchema>;

/** A version of a module that was published with its files. */
export const moduleVersionSchema = z.object({
  id: z.string(),
  /** `module://org/slug:version` */
  ref: z.string(),
  orgSlug: z.string(),
  slug: z.string(),
  version: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  metadata: moduleMetadataAnswerSchema,
  /** Of its files. */
  sha256: z.string(),
  /** Name of the API key. */
  publishedBy: z.string(),
  publishedOn: instantField,
  /** Nothing new is planned with it since then; what was planned with it goes on. */
  withdrawnOn: instantField.nullable(),
  /** Steps that name no version get it. */
  latest: z.boolean(),
});
export type ModuleVersion = z.infer<typeof moduleVersionSchema>;

/** What a published version is, besides its files. */
export const modulePublicationSchema = z.object({
  version: versionField,
  name: nameField.optional(),
  description: descriptionField.nullish(),
  metadata: moduleMetadataInputSchema,
  /** The file of a `node` module, from the folder of the bundle on. */
  entry: z.string().min(1).max(400).optional(),
});
export type ModulePublication = z.input<typeof modulePublicationSchema>;

/** The form in which a version is published. */
export const modulePublicationFormSchema = z.object({
  /** JSON of what it is. */
  manifest: z.string(),
  /** A tar in gzip. */
  file: z.string().meta({ format: 'binary' }),
});
