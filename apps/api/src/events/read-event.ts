import { type EventInput, eventInputSchema } from '@gantry/contracts/http/event';
import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { subjectProblem } from '@gantry/domain/event-type';
import type { JsonObject } from '@gantry/domain/json';
import { LIMITS } from '@gantry/domain/limits';
import { readTraceparent } from '@gantry/domain/traceparent';
import { beginSpan, isTracing } from '@gantry/service/spans';
import { ApiError, badField, badInput } from '../http/api-error.ts';

const DEFAULT_SOURCE = 'api';

/**
 * The event in the plain form of a request.
 * @param id what the request says its identity is, for an event that does not say so itself
 * @param traceparent of the request, for an event that does not say where it was traced
 * @throws ApiError naming every bad field
 */
export function readEvent(
  input: unknown,
  { organizationId, id, traceparent }: { organizationId: string; id: string | null; traceparent: string | null },
): IncomingEvent {
  const result = eventInputSchema.safeParse(input);
  if (!result.success) throw badInput(result.error, 'body');
  const event = result.data;
  checkSubject(event);
  return {
    organizationId,
    externalId: event.id ?? id,
    source: event.source ?? DEFAULT_SOURCE,
    eventType: event.eventType,
    projectId: event.projectId ?? null,
    priority: event.priority ?? null,
    deduplicationKey: event.deduplicationKey ?? null,
    storeId: event.storeId ?? null,
    documentFamilyId: event.documentFamilyId ?? null,
    contentObjectId: event.contentObjectId ?? null,
    channelId: event.channelId ?? null,
    messageId: event.messageId ?? null,
    taskId: event.taskId ?? null,
    scheduleSlot: null,
    documentFamily: event.documentFamily ? readFamily(event.documentFamily) : null,
    data: event.data ?? {},
    parentExecutionId: null,
    causeDepth: 0,
    traceparent: begunTrace(event, traceparent),
    assistantId: null,
  };
}

/** What comes of the event is a part of the trace that it names itself; the request that brought it, of another one, is not. */
function begunTrace({ eventType, traceparent }: EventInput, ofRequest: string | null): string | null {
  const own = readTraceparent(traceparent);
  if (own === null || !isTracing()) return own ?? ofRequest;
  const span = beginSpan('accept event', { parent: own, attributes: { 'gantry.event_type': eventType } });
  span.end();
  return span.traceparent;
}

function readFamily(family: NonNullable<EventInput['documentFamily']>): IncomingEvent['documentFamily'] {
  return {
    path: family.path ?? null,
    contentType: family.contentType ?? null,
    labels: family.labels ?? null,
    mixins: family.mixins ?? null,
    metadata: family.metadata ?? null,
  };
}

/** An event must say what it is about. */
function checkSubject(event: EventInput): void {
  const problem = subjectProblem(event.eventType, event);
  if (problem) throw badField(problem.field, problem.message);
}

/** @throws ApiError CONTENT_TOO_LARGE */
export function checkEventSize(bytes: number): void {
  if (bytes > LIMITS.eventBytes) {
    throw new ApiError('CONTENT_TOO_LARGE', `An event is at most ${LIMITS.eventBytes} bytes.`);
  }
}

/** Bytes of an item that came in an array. */
export function eventSize(item: unknown): number {
  return Buffer.byteLength(JSON.stringify(item as JsonObject));
}
