import { exceptionDetailsSchema } from '@gantry/domain/exception-details';
import { MAX_PRIORITY, MIN_PRIORITY } from '@gantry/domain/priority';
import { executionStatusNames } from '@gantry/domain/status';
import { stepStatusNames } from '@gantry/domain/step-status';
import { z } from 'zod';
import { contentObjectSchema } from '../document-snapshot.ts';
import { namedAssistantSchema } from './assistant.ts';
import {
  changeSequenceField,
  descriptionField,
  idField,
  instantField,
  jsonField,
  jsonObjectField,
  resourceFields,
} from './fields.ts';
import { pipelineField } from './pipeline.ts';

const millisecondsField = z.int().nullable();

/** A step as its pipeline defines it, with what has become of it. */
export const stepSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  ref: z.string(),
  stepType: z.enum(['MODEL', 'ACTION']),
  status: z.enum(stepStatusNames),
  start: instantField.nullable(),
  end: instantField.nullable(),
  processingTime: millisecondsField,
  progress: z.number().nullable(),
  progressMax: z.number().nullable(),
  attempt: z.int(),
  options: jsonObjectField,
  optionTypes: jsonObjectField,
  context: jsonObjectField,
  conditional: z.string().nullable(),
  contentObjects: z.array(contentObjectSchema),
  inputId: z.string().nullable(),
  outputId: z.string().nullable(),
  outputIds: z.array(z.string()),
  extensionPackRef: z.string().nullable(),
  exceptionDetails: exceptionDetailsSchema.nullable(),
  /** The execution that ran the step, whose outcome was taken over. */
  reusedFrom: z.string().nullable(),
  /** What the step gave, if one execution is read with its outputs. Above 64 KiB it is missing: `.../steps/{n}/output` has it. */
  output: jsonField.optional(),
});
export type Step = z.infer<typeof stepSchema>;

const oneExecutionSchema = z.object({
  ...resourceFields,
  uuid: z.string(),
  description: z.string().nullable(),
  organizationId: z.string(),
  projectId: z.string().nullable(),
  assistantId: z.string().nullable(),
  /** What it is called, for those who show it; null where there is none, or none any more. */
  assistant: namedAssistantSchema.nullable(),
  documentFamilyId: z.string().nullable(),
  parentExecutionId: z.string().nullable(),
  eventId: z.string().nullable(),
  reprocessOf: z.string().nullable(),
  duplicateOf: z.string().nullable(),
  status: z.enum(executionStatusNames),
  priority: z.int(),
  /** When it was put into the queue of a module runtime, the last time. */
  queuedAt: instantField.nullable(),
  /** When its first step started. */
  startDate: instantField.nullable(),
  endDate: instantField.nullable(),
  processingTime: millisecondsField,
  loggingEnabled: z.boolean(),
  deleteLoggingOnSuccess: z.boolean(),
  context: jsonObjectField,
  parameters: jsonObjectField,
  customOptions: jsonObjectField,
  targets: z.string().nullable(),
  session: z.string().nullable(),
  statusDetails: jsonObjectField.nullable(),
  exceptionDetails: exceptionDetailsSchema.nullable(),
  /** Of a failed one: what others that failed alike have too. */
  failureGroup: z.string().nullable(),
  /** Of its assistant's pipeline: the one that it ran. */
  revision: z.int().nullable(),
  pipeline: z.object({
    id: z.string(),
    ref: z.string().nullable(),
    valid: z.boolean(),
    exceptions: z.array(jsonObjectField),
    steps: z.array(stepSchema),
  }),
  contentObjects: z.array(contentObjectSchema),
});

/** An execution as clients read it. Its children are executions too, without children of their own. */
export const executionSchema = oneExecutionSchema.extend({
  childExecutions: z.array(oneExecutionSchema.extend({ childExecutions: z.array(z.never()) })),
});
export type Execution = z.infer<typeof executionSchema>;

/** What is told of one execution beyond what lists tell. */
export const executionQuerySchema = z.object({ include: z.enum(['outputs']).optional() });

/** The fields of PUT that may change an execution; every other field of one is only compared with what it is. */
export const executionUpdateSchema = z.looseObject({
  changeSequence: changeSequenceField.nullish(),
  description: descriptionField.nullish(),
  loggingEnabled: z.boolean().optional(),
  deleteLoggingOnSuccess: z.boolean().optional(),
  customOptions: jsonObjectField.optional(),
});

/** Runs an assistant, or a pipeline that belongs to none. */
export const executionInputSchema = z
  .object({
    assistantId: idField.nullish(),
    pipeline: pipelineField.nullish(),
    projectId: idField.nullish(),
    priority: z.int().min(MIN_PRIORITY).max(MAX_PRIORITY).nullish(),
    context: jsonObjectField.optional(),
    parameters: jsonObjectField.optional(),
    description: descriptionField.nullish(),
  })
  .refine(({ assistantId, pipeline }) => (assistantId == null) !== (pipeline == null), {
    path: ['pipeline'],
    message: 'expected either assistantId or pipeline',
  });
export type ExecutionInput = z.input<typeof executionInputSchema>;
