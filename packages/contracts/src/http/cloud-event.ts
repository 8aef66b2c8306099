import { eventTypeNamed } from '@gantry/domain/event-type-name';
import { z } from 'zod';
import { foreignIdField, jsonField } from './fields.ts';

/**
 * A CloudEvent 1.0 in its structured form; its extension attributes stand beside the attributes.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export const cloudEventSchema = z.looseObject({
  specversion: z.literal('1.0'),
  id: foreignIdField,
  source: foreignIdField,
  type: z
    .string()
    .min(1)
    .max(100)
    .refine(
      (type) => eventTypeNamed(type) !== undefined,
      'expected words that begin with a letter, such as com.acme.content.created or an UPPER_SNAKE word',
    ),
  subject: z.string().min(1).max(255).nullish(),
  data: jsonField.optional(),
  /** Of the data, when it is no JSON. */
  datacontenttype: z.string().max(200).nullish(),
  data_base64: z.base64().nullish(),
});
export type CloudEvent = z.infer<typeof cloudEventSchema>;
