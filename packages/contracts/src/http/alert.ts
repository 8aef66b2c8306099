import type { AlertCondition } from '@gantry/domain/alert';
import { z } from 'zod';
import { changeSequenceField, idField, instantField, instantInputField, nameField, resourceFields } from './fields.ts';

const minutesField = z.int().min(1).max(1_440);
const runtimeRefField = z
  .string()
  .regex(/^[^/\s]{1,100}\/[^/\s]{1,100}$/, 'expected a module runtime such as gantry/default')
  .nullable()
  .default(null);

const conditionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('assistant-failing'), failures: z.int().min(0).max(1_000_000), minutes: minutesField }),
  z.object({ kind: z.literal('nothing-succeeded'), minutes: minutesField }),
  z.object({ kind: z.literal('waiting'), seconds: z.int().min(1).max(86_400), runtimeRef: runtimeRefField }),
  z.object({ kind: z.literal('no-workers'), minutes: minutesField.default(1), runtimeRef: runtimeRefField }),
]) satisfies z.ZodType<AlertCondition>;

/** A rule that people are told of when it holds, and when it does no longer: by the webhooks that listen for alerts. */
export const alertSchema = z.object({
  ...resourceFields,
  projectId: z.string().nullable(),
  assistantId: z.string().nullable(),
  name: z.string(),
  condition: conditionSchema,
  active: z.boolean(),
  /** Until then nobody is told. */
  mutedUntil: instantField.nullable(),
  firing: z.boolean(),
  firingSince: instantField.nullable(),
  /** What is so, in a sentence; null when it is not. */
  message: z.string().nullable(),
  checkedOn: instantField.nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

export const alertInputSchema = z.object({
  name: nameField,
  condition: conditionSchema,
  /** Of which executions; default: of every project, of every assistant. */
  projectId: idField.nullish(),
  assistantId: idField.nullish(),
  active: z.boolean().nullish(),
  mutedUntil: instantInputField().nullish(),
});
export type AlertInput = z.input<typeof alertInputSchema>;

/** What is left out stays as it is; `mutedUntil` in the past lets it speak again. */
export const alertUpdateSchema = alertInputSchema
  .pick({ name: true, condition: true, active: true, mutedUntil: true })
  .partial()
  .extend({ changeSequence: changeSequenceField.nullish() });
export type AlertUpdate = z.input<typeof alertUpdateSchema>;
