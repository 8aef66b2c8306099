import { z } from 'zod';
import { foreignIdField, idField, instantField } from './fields.ts';

const BULK_KINDS = ['CANCEL', 'REPROCESS'] as const;
export type BulkKind = (typeof BULK_KINDS)[number];

/** What one request asked to be done to many executions, and how far it is. */
export const bulkOperationSchema = z.object({
  id: z.string(),
  kind: z.enum(BULK_KINDS),
  status: z.enum(['RUNNING', 'COMPLETED']),
  /** What chose the executions; none for the document families of a store. */
  filter: z.array(z.string()),
  total: z.int(),
  done: z.int(),
  /** Those for which it was too late: finished, or removed, in the meantime. */
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

export const dryRunSchema = z.object({
  dryRun: z.literal(true),
  /** How many executions would be cancelled, or new ones created. */
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
