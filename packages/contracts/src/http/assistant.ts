import { pipelineSchema } from '@gantry/domain/pipeline';
import { MAX_PRIORITY, MIN_PRIORITY } from '@gantry/domain/priority';
import { checkSubscription } from '@gantry/domain/subscription';
import { z } from 'zod';
import { assistantOptionsSchema, connectionSchema } from '../assistant-definition.ts';
import { expressionField } from './expression-field.ts';
import {
  changeSequenceField,
  descriptionField,
  idField,
  instantField,
  nameField,
  resourceFields,
  slugField,
} from './fields.ts';
import { pipelineField } from './pipeline.ts';
import { scheduleSchema, schedulesField } from './schedule.ts';

const DEDUPLICATION = ['in-flight', 'off'] as const;

/** What tells an assistant from others, and where it is. */
export const namedAssistantSchema = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  project: z.object({ id: z.string(), name: z.string(), slug: z.string() }),
});

export const assistantSchema = namedAssistantSchema.extend({
  ...resourceFields,
  organizationId: z.string(),
  projectId: z.string(),
  description: z.string().nullable(),
  active: z.boolean(),
  priorityHint: z.int().nullable(),
  subscription: z.string().nullable(),
  connections: z.array(connectionSchema),
  schedules: z.array(scheduleSchema),
  options: assistantOptionsSchema,
  timeoutSeconds: z.int().nullable(),
  maxConcurrentExecutions: z.int().nullable(),
  deduplication: z.enum(DEDUPLICATION),
  loggingEnabled: z.boolean(),
  deleteLoggingOnSuccess: z.boolean(),
  /** Of its pipeline: which save of it this is. */
  revision: z.int(),
  /** Only in the answer to a save, and only if there are some: what stands in the way of its steps at the moment. */
  warnings: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});

/** A pipeline that an assistant has or had. */
export const assistantRevisionSchema = z.object({
  /** Counted from 1. */
  number: z.int(),
  createdOn: instantField,
  /** Who saved it, where that is known. */
  keyId: z.string().nullable(),
  keyName: z.string().nullable(),
  pipeline: pipelineSchema.nullable(),
});
export type AssistantRevision = z.infer<typeof assistantRevisionSchema>;

export type Assistant = z.infer<typeof assistantSchema>;

const subscriptionField = expressionField(checkSubscription);

const WEEK_SECONDS = 604_800;

const fields = {
  slug: slugField.optional(),
  description: descriptionField.nullish(),
  active: z.boolean().optional(),
  priorityHint: z.int().min(MIN_PRIORITY).max(MAX_PRIORITY).nullish(),
  subscription: subscriptionField.nullish(),
  connections: z
    .array(connectionSchema.extend({ subscription: subscriptionField.nullish() }))
    .max(100)
    .optional(),
  schedules: schedulesField.optional(),
  options: assistantOptionsSchema.extend({ pipeline: pipelineField.nullish() }).optional(),
  timeoutSeconds: z.int().min(1).max(WEEK_SECONDS).nullish(),
  maxConcurrentExecutions: z.int().min(1).max(1_000_000).nullish(),
  deduplication: z.enum(DEDUPLICATION).optional(),
  loggingEnabled: z.boolean().optional(),
  deleteLoggingOnSuccess: z.boolean().optional(),
};

export const assistantInputSchema = z.object({ name: nameField, ...fields });
export type AssistantInput = z.input<typeof assistantInputSchema>;

/** For the path that does not name the project. */
export const assistantInputWithProjectSchema = assistantInputSchema.extend({ projectId: idField });

/** What is left out stays as it is. */
export const assistantUpdateSchema = assistantInputSchema
  .partial()
  .extend({ changeSequence: changeSequenceField.nullish() });
export type AssistantFields = z.infer<typeof assistantUpdateSchema>;
