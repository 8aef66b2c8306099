import { z } from 'zod';
import { assistantInputSchema } from './assistant.ts';
import { eventInputSchema } from './event.ts';
import { instantField, jsonObjectField } from './fields.ts';

/** An assistant as it would be saved, and an event that it would be sent. */
export const assistantTrialInputSchema = z.object({
  assistant: assistantInputSchema.partial(),
  event: eventInputSchema.nullish(),
});
export type AssistantTrialInput = z.input<typeof assistantTrialInputSchema>;

/** A subscription, or a part of one: whether it holds of the event. */
export const trialTermSchema = z.object({
  text: z.string(),
  holds: z.boolean(),
  /** What makes it hold: all of the terms that follow one level deeper, or one of them. Null when it has none. */
  joinedBy: z.enum(['and', 'or']).nullable(),
  depth: z.int(),
});
export type TrialTerm = z.infer<typeof trialTermSchema>;

export const assistantTrialSchema = z.object({
  /** In the order of the schedules: when each would fire next. */
  schedules: z.array(z.object({ nextEvents: z.array(instantField) })),
  /** Whether the event would start it, and why; null without an event. */
  hearing: z
    .object({
      hears: z.boolean(),
      /** What the event says, by the names that subscriptions have for it. */
      facts: jsonObjectField,
      /** The whole, then its terms. */
      subscription: z.array(trialTermSchema),
      connections: z.array(
        z.object({
          sourceRef: z.string(),
          /** The event comes from there. */
          names: z.boolean(),
          subscription: z.array(trialTermSchema),
        }),
      ),
      /** It comes from no source and the subscription speaks of its type: no connection is needed. */
      heardByType: z.boolean(),
    })
    .nullable(),
});
export type AssistantTrial = z.infer<typeof assistantTrialSchema>;
