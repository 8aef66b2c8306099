import { EVENT_TYPE_PATTERN, eventTypeRow, subjectProblem } from '@gantry/domain/event-type';
import { MAX_PRIORITY, MIN_PRIORITY } from '@gantry/domain/priority';
import { z } from 'zod';
import { deduplicationKeyField, foreignIdField, pathIdField } from './http/fields.ts';

const id = foreignIdField.nullish();
const pathId = pathIdField.nullish();

/** An event as a module emits it. What it leaves out is taken from the execution that emits it, where that is natural. */
export const emittedEventSchema = z
  .object({
    eventType: z.string().max(100).regex(EVENT_TYPE_PATTERN, 'expected UPPER_SNAKE_CASE'),
    priority: z.number().int().min(MIN_PRIORITY).max(MAX_PRIORITY).nullish(),
    deduplicationKey: deduplicationKeyField.nullish(),
    storeId: pathId,
    documentFamilyId: pathId,
    contentObjectId: pathId,
    channelId: id,
    messageId: id,
    taskId: id,
    data: z.record(z.string(), z.json()).default({}),
  })
  .superRefine((event, context) => {
    // An event about a document is about that of its execution, if it names none.
    if (eventTypeRow(event.eventType).requires.includes('documentFamilyId')) return;
    const problem = subjectProblem(event.eventType, event);
    if (problem) context.addIssue({ code: 'custom', path: [problem.field], message: problem.message });
  });
