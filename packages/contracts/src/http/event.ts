import { EVENT_TYPE_PATTERN } from '@gantry/domain/event-type';
import { MAX_PRIORITY, MIN_PRIORITY } from '@gantry/domain/priority';
import { executionStatusNames } from '@gantry/domain/status';
import { z } from 'zod';
import { foreignIdField, idField, jsonObjectField, labelField, pathField } from './fields.ts';
import { problemSchema } from './problem.ts';

const MAX_LABELS = 200;

/** The plain form of an event. */
export const eventInputSchema = z.object({
  eventType: z.string().max(100).regex(EVENT_TYPE_PATTERN, 'expected an UPPER_SNAKE word'),
  id: foreignIdField.nullish(),
  source: foreignIdField.nullish(),
  projectId: idField.nullish(),
  priority: z.int().min(MIN_PRIORITY).max(MAX_PRIORITY).nullish(),
  deduplicationKey: z.string().min(1).max(500).nullish(),
  storeId: foreignIdField.nullish(),
  documentFamilyId: foreignIdField.nullish(),
  contentObjectId: foreignIdField.nullish(),
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
  data: jsonObjectField.nullish(),
});
export type EventInput = z.infer<typeof eventInputSchema>;

export const eventAnswerSchema = z.object({
  eventId: z.string(),
  /** The event had been accepted before; its executions are listed with their present statuses. */
  duplicate: z.boolean(),
  executions: z.array(
    z.object({
      id: z.string(),
      assistantId: z.string().nullable(),
      status: z.enum(executionStatusNames),
      priority: z.int(),
      duplicateOf: z.string().optional(),
    }),
  ),
});
export type EventAnswer = z.infer<typeof eventAnswerSchema>;

/** The answer to an array: in its order, an answer or a problem for each item. */
export const eventsAnswerSchema = z.array(z.union([eventAnswerSchema, problemSchema.extend({ index: z.int() })]));
export type EventsAnswer = z.infer<typeof eventsAnswerSchema>;
