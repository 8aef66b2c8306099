import { z } from 'zod';

/** One version of a document's bytes. `contentRef` is where the content store keeps them, null when they are elsewhere. */
export const contentObjectSchema = z.object({
  id: z.string(),
  contentType: z.enum(['DOCUMENT', 'NATIVE']),
  documentFamilyId: z.string(),
  storeRef: z.string().nullable(),
  contentRef: z.string().nullable(),
  labels: z.array(z.string()),
  mixins: z.array(z.string()),
  metadata: z.record(z.string(), z.json()),
  index: z.number().int(),
  size: z.number().int().nullable(),
  createdOn: z.iso.datetime(),
  /** DERIVED: a step wrote it, which `executionId` and `stepId` name. All others came from outside. */
  origin: z.literal('DERIVED').exactOptional(),
  executionId: z.string().exactOptional(),
  stepId: z.string().exactOptional(),
});
export type ContentObject = z.infer<typeof contentObjectSchema>;

/** A document family as it was when the execution was created: what modules see of it. */
export const familySnapshotSchema = z.object({
  id: z.string(),
  storeId: z.string().nullable(),
  path: z.string().nullable(),
  labels: z.array(z.string()),
  mixins: z.array(z.string()),
  metadata: z.record(z.string(), z.json()),
});
