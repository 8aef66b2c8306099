import { webhookEvents } from '@gantry/domain/webhook-event';
import { z } from 'zod';
import { changeSequenceField, idField, instantField, jsonObjectField, nameField, resourceFields } from './fields.ts';

const EVENTS = webhookEvents as [(typeof webhookEvents)[number], ...typeof webhookEvents];

/** `https://...`, `http://...`, or `mailto:` and one e-mail address. */
const urlField = z
  .string()
  .max(2_000)
  .refine(isAddress, 'expected an address that begins with https:// or http://, or mailto: and an e-mail address');

function isAddress(text: string): boolean {
  const [scheme, ...rest] = text.split(':');
  if (scheme === 'mailto') return z.email().safeParse(rest.join(':')).success;
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
}

/** Where events are told. */
export const webhookSchema = z.object({
  ...resourceFields,
  projectId: z.string().nullable(),
  name: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  filter: z.string().nullable(),
  active: z.boolean(),
  /** Why it was switched off without anybody's doing. */
  disabledReason: z.string().nullable(),
  /** Since when nothing could be delivered. */
  failingSince: instantField.nullable(),
  /** Events that were not kept for it, because too many waited. */
  dropped: z.int(),
});
export type Webhook = z.infer<typeof webhookSchema>;

/** The one time that the secret is shown; a mailbox has none. */
export const webhookWithSecretSchema = webhookSchema.extend({ secret: z.string() });
export type WebhookWithSecret = z.infer<typeof webhookWithSecretSchema>;

const eventsField = z
  .array(z.enum(EVENTS))
  .min(1)
  .transform((events) => [...new Set(events)]);

export const webhookInputSchema = z.object({
  /** Default: the host of the address, or the mailbox. */
  name: nameField.nullish(),
  url: urlField,
  events: eventsField,
  /** Which executions, document families, bulk operations or alerts: the filter of their list. */
  filter: z.string().max(4_000).nullish(),
  /** Default: those of every project. */
  projectId: idField.nullish(),
  active: z.boolean().nullish(),
});
export type WebhookInput = z.input<typeof webhookInputSchema>;

/** What is left out stays as it is; an empty filter takes it away. */
export const webhookUpdateSchema = webhookInputSchema
  .omit({ projectId: true })
  .partial()
  .extend({ changeSequence: changeSequenceField.nullish() });
export type WebhookUpdate = z.input<typeof webhookUpdateSchema>;

const DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'FAILED'] as const;

/** One event told to one webhook. */
export const webhookDeliverySchema = z.object({
  /** `webhook-id`, the same whenever it is sent again. */
  id: z.string(),
  event: z.string(),
  status: z.enum(DELIVERY_STATUSES),
  attempts: z.int(),
  createdOn: instantField,
  lastAttemptOn: instantField.nullable(),
  deliveredOn: instantField.nullable(),
  /** When it is sent next; null when it is over. */
  dueOn: instantField.nullable(),
  /** What the receiver answered last. */
  statusCode: z.int().nullable(),
  error: z.string().nullable(),
  payload: jsonObjectField,
});
export type WebhookDelivery = z.infer<typeof webhookDeliverySchema>;
