import type { JsonObject } from '@gantry/domain/json';

/** An event after the HTTP edge has checked it, or one that an execution caused: what ingestion works on. */
export interface IncomingEvent {
  organizationId: string;
  /** The producer's own id; with `source` and the organization it is the event's identity. Null: a new event. */
  externalId: string | null;
  source: string;
  eventType: string;
  projectId: string | null;
  priority: number | null;
  deduplicationKey: string | null;
  storeId: string | null;
  documentFamilyId: string | null;
  contentObjectId: string | null;
  channelId: string | null;
  messageId: string | null;
  taskId: string | null;
  scheduleSlot: string | null;
  documentFamily: {
    path: string | null;
    contentType: 'DOCUMENT' | 'NATIVE' | null;
    labels: string[] | null;
    mixins: string[] | null;
    metadata: JsonObject | null;
  } | null;
  data: JsonObject;
  /** The execution that caused it, and how many causes deep it stands. */
  parentExecutionId: string | null;
  causeDepth: number;
  /** Where in a trace it began (W3C traceparent). */
  traceparent: string | null;
  /** Only this assistant hears it, whatever it subscribes to: how an assistant is called by name. */
  assistantId: string | null;
}
