import { EVENT_TYPE_PATTERN } from '@gantry/domain/event-type';
import { MAX_PRIORITY, MIN_PRIORITY } from '@gantry/domain/priority';
import { executionStatusNames } from '@gantry/domain/status';
import { z } from 'zod';
import {
  deduplicationKeyField,
  foreignIdField,
  idField,
  instantField,
  jsonObjectField,
  labelField,
  pathField,
  pathIdField,
} from './fields.ts';
import { problemSchema } from './problem.ts';

const MAX_LABELS = 200;

/** The plain form of an event. */
export const eventInputSchema = z.object({
  eventType: z.string().max(100).regex(EVENT_TYPE_PATTERN, 'expected an UPPER_SNAKE word'),
  id: foreignIdField.nullish(),
  source: foreignIdField.nullish(),
  projectId: idField.nullish(),
  priority: z.int().min(MIN_PRIORITY).max(MAX_PRIORITY).nullish(),
  deduplicationKey: deduplicationKeyField.nullish(),
  storeId: pathIdField.nullish(),
  documentFamilyId: pathIdField.nullish(),
  contentObjectId: pathIdField.nullish(),
  channelId: foreignIdField.nullish(),
  messageId: foreignIdField.nullish(),
  taskId: foreignIdField.nullish(),
  documentFamily: z
    .object({
      path: pathField.nullish(),
      contentType: z.enum(['DOCUMENT', 'NATIVE']).nullish(),
      labels: z.array(labelField).max(MAX_LABELS).nullish(),
      mixins: z.array(labelField).max(MAX_LABELS).nullish(),
      metadata: jsonObjectField.nullish(),
    })
    .nullish(),
  /** Where it was traced (W3C); a bad one is as none. By default that of the request. */
  traceparent: z.string().max(500).nullish(),
  data: jsonObjectField.nullish(),
});
export type EventInput = z.infer<typeof eventInputSchema>;

/** An execution that an event caused. */
const triggeredSchema = z.object({
  id: z.string(),
  assistantId: z.string().nullable(),
  status: z.enum(executionStatusNames),
  priority: z.int(),
  duplicateOf: z.string().optional(),
});
export type TriggeredExecution = z.infer<typeof triggeredSchema>;

export const eventAnswerSchema = z.object({
  eventId: z.string(),
  /** The event had been accepted before; its executions are listed with their present statuses. */
  duplicate: z.boolean(),
  executions: z.array(triggeredSchema),
});
export type EventAnswer = z.infer<typeof eventAnswerSchema>;

/** The answer to an array: in its order, an answer or a problem for each item. */
export const eventsAnswerSchema = z.array(z.union([eventAnswerSchema, problemSchema.extend({ index: z.int() })]));
export type EventsAnswer = z.infer<typeof eventsAnswerSchema>;

/** An event that was accepted, as clients read it. */
export const eventSchema = z.object({
  id: z.string(),
  createdOn: instantField,
  eventType: z.string(),
  source: z.string(),
  /** Its identity within its source: what its producer gave, or else its id. */
  externalId: z.string(),
  projectId: z.string().nullable(),
  storeId: z.string().nullable(),
  documentFamilyId: z.string().nullable(),
  contentObjectId: z.string().nullable(),
  channelId: z.string().nullable(),
  messageId: z.string().nullable(),
  taskId: z.string().nullable(),
  /** The execution that emitted it. */
  parentExecutionId: z.string().nullable(),
  data: jsonObjectField,
  /** What it caused: the first 100, as far as they are still kept. */
  executions: z.array(triggeredSchema),
});
export type Event = z.infer<typeof eventSchema>;
