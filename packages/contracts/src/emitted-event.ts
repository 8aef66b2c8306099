import { EVENT_TYPE_PATTERN } from '@gantry/domain/event-type';
import { MAX_PRIORITY, MIN_PRIORITY } from '@gantry/domain/priority';
import { z } from 'zod';

const id = z.string().min(1).max(500).nullish();

/** An event as a module emits it. What it leaves out is taken from the execution that emits it, where that is natural. */
export const emittedEventSchema = z.object({
  eventType: z.string().max(100).regex(EVENT_TYPE_PATTERN, 'expected UPPER_SNAKE_CASE'),
  priority: z.number().int().min(MIN_PRIORITY).max(MAX_PRIORITY).nullish(),
  deduplicationKey: id,
  storeId: id,
  documentFamilyId: id,
  contentObjectId: id,
  channelId: id,
  messageId: id,
  taskId: id,
  data: z.record(z.string(), z.json()).default({}),
});
