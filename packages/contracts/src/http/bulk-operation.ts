import { z } from 'zod';
import { foreignIdField, idField, instantField } from './fields.ts';
import { restartRequestSchema } from './restart.ts';

const BULK_KINDS = ['CANCEL', 'REPROCESS', 'RESTART', 'DELETE'] as const;
export type BulkKind = (typeof BULK_KINDS)[number];

/** What one request asked to be done to many executions, and how far it is. */
export const bulkOperationSchema = z.object({
  id: z.string(),
  kind: z.enum(BULK_KINDS),
  status: z.enum(['RUNNING', 'COMPLETED', 'ABORTED']),
  /** What chose the executions; none for the document families of a store. */
  filter: z.array(z.string()),
  total: z.int(),
  done: z.int(),
  /** Those of which it could not be done any more: their reasons can be listed. */
  failed: z.int(),
  createdOn: instantField,
  updatedOn: instantField,
  finishedOn: instantField.nullable(),
});
export type BulkOperation = z.infer<typeof bulkOperationSchema>;

export const bulkRequestSchema = z.object({
  /** One, or several that are AND-ed. */
  filter: z
    .union([z.string(), z.array(z.string())])
    .nullish()
    .transform((filter) => (filter == null ? [] : [filter].flat())),
  dryRun: z.boolean().default(false),
});

/** Of each what is asked of one; without `fromStep` each begins at its first step that did not succeed. */
export const bulkRestartSchema = bulkRequestSchema.extend(restartRequestSchema.shape);
export type BulkRestartInput = z.input<typeof bulkRestartSchema>;

/** Something that a bulk operation could not do. */
export const bulkFailureSchema = z.object({
  /** The place among its items, counted from 1. */
  id: z.int(),
  executionId: z.string().nullable(),
  assistantId: z.string().nullable(),
  documentFamilyId: z.string().nullable(),
  code: z.string(),
  message: z.string(),
});
export type BulkFailure = z.infer<typeof bulkFailureSchema>;

export const dryRunSchema = z.object({
  dryRun: z.literal(true),
  /** How many executions would be cancelled or deleted, or new ones created. */
  count: z.int(),
});

const MAX_FAMILIES = 1_000;
const MAX_ASSISTANTS = 100;

/** No assistants: each that processed the family before. */
export const bulkReprocessSchema = z
  .object({
    assistantIds: z.array(idField).max(MAX_ASSISTANTS).nullish(),
    familyIds: z.array(foreignIdField).max(MAX_FAMILIES).nullish(),
    all: z.boolean().nullish(),
  })
  .refine(({ familyIds, all }) => all === true || (familyIds?.length ?? 0) > 0, {
    path: ['familyIds'],
    message: 'expected document families, or all: true',
  });
