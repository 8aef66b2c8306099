/** What webhooks can be told of, and the kind of thing that each is about: a filter is of one kind. */
export const WEBHOOK_EVENTS = {
  /** It ended: SUCCEEDED, FAILED or CANCELLED. */
  'execution.finished': 'execution',
  'execution.failed': 'execution',
  'document-family.updated': 'document-family',
  'bulk-operation.finished': 'bulk-operation',
  'alert.firing': 'alert',
  'alert.resolved': 'alert',
} as const;

export type WebhookEvent = keyof typeof WEBHOOK_EVENTS;
export type WebhookSubject = (typeof WEBHOOK_EVENTS)[WebhookEvent];

/** What is sent: the same, and what somebody asks for to try a webhook. */
export type AnnouncedEvent = WebhookEvent | 'webhook.test';

export const webhookEvents = Object.keys(WEBHOOK_EVENTS) as WebhookEvent[];

/** The one kind of thing that all of these are about; undefined for several. */
export function subjectOf(events: readonly WebhookEvent[]): WebhookSubject | undefined {
  const subjects = new Set(events.map((event) => WEBHOOK_EVENTS[event]));
  return subjects.size === 1 ? [...subjects][0] : undefined;
}
