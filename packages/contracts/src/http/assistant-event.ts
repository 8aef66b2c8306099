import { z } from 'zod';
import { eventInputSchema } from './event.ts';
import { idField, jsonObjectField } from './fields.ts';

/** What an assistant is told by name. Forms send `options` as the text of a JSON object. */
export const assistantEventSchema = z.object({
  eventType: eventInputSchema.shape.eventType,
  options: z.union([jsonObjectField, z.string()]).nullish(),
  /** The execution on whose behalf it is told; cancelling that one cancels what comes of this. */
  parentExecutionId: idField.nullish(),
});
export type AssistantEvent = z.input<typeof assistantEventSchema>;

/** The options that say what the event is about; all others are the module's own. */
export const assistantEventOptionsSchema = eventInputSchema
  .pick({
    storeId: true,
    documentFamilyId: true,
    contentObjectId: true,
    channelId: true,
    messageId: true,
    taskId: true,
  })
  .extend({ parentExecutionId: idField.nullish() });
export type AssistantEventOptions = z.infer<typeof assistantEventOptionsSchema>;
