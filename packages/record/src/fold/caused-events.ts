import { emittedEventSchema } from '@gantry/contracts/emitted-event';
import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { eventTypeRow, subjectProblem } from '@gantry/domain/event-type';
import type { Fact } from '@gantry/domain/fact';
import type { JsonObject } from '@gantry/domain/json';
import type { LoadedExecution } from './load-states.ts';

type Said = Pick<IncomingEvent, 'eventType'> & Partial<IncomingEvent>;

/** An event that an execution causes, in one of its steps. */
export interface CausedEvent extends IncomingEvent {
  step: number;
}

/** One that was not taken. */
export interface RefusedEvent {
  executionId: string;
  step: number;
  eventType: string;
  code: string;
  message: string;
}

/** `name` makes its identity the same each time it is folded. */
export function causedEvent(
  execution: LoadedExecution['row'],
  { step, name }: { step: number; name: string },
  said: Said,
): CausedEvent {
  return {
    step,
    organizationId: execution.organization_id,
    externalId: `${execution.id}:${name}`,
    source: 'execution',
    projectId: execution.project_id,
    priority: null,
    deduplicationKey: null,
    storeId: null,
    documentFamilyId: null,
    contentObjectId: null,
    channelId: null,
    messageId: null,
    taskId: null,
    scheduleSlot: null,
    documentFamily: null,
    data: {},
    parentExecutionId: execution.id,
    causeDepth: execution.cause_depth + 1,
    traceparent: execution.traceparent,
    assistantId: null,
    ...said,
  };
}

/** The events that modules emitted in the steps these facts report, and why others of them cannot be taken. */
export function emittedEvents(
  execution: LoadedExecution['row'],
  facts: readonly Fact[],
): (CausedEvent | RefusedEvent)[] {
  return facts.flatMap((fact) =>
    fact.kind !== 'step-finished'
      ? []
      : fact.emitted.map((emitted, ordinal) => {
          const origin = { step: fact.step, name: `${fact.step}:${ordinal}` };
          return emittedEvent(execution, origin, emitted, fact.traceparent ?? execution.traceparent);
        }),
  );
}

function emittedEvent(
  execution: LoadedExecution['row'],
  origin: { step: number; name: string },
  emitted: JsonObject,
  traceparent: string | null,
): CausedEvent | RefusedEvent {
  const refused = (code: string, message: string): RefusedEvent => {
    const eventType = typeof emitted['eventType'] === 'string' ? emitted['eventType'] : 'without a type';
    return { executionId: execution.id, step: origin.step, eventType, code, message };
  };
  const parsed = emittedEventSchema.safeParse(emitted);
  if (!parsed.success) {
    const [{ path, message } = { path: [], message: 'is no event' }] = parsed.error.issues;
    return refused('EVENT_INVALID', `${path.join('.') || 'event'}: ${message}`);
  }
  const said = Object.fromEntries(Object.entries(parsed.data).map(([key, value]) => [key, value ?? null]));
  const { eventType } = parsed.data;
  const documentFamilyId = parsed.data.documentFamilyId ?? familySpokenOf(execution, eventType);
  const problem = subjectProblem(eventType, { ...parsed.data, documentFamilyId });
  if (problem) return refused('EVENT_INVALID', `${problem.field}: ${problem.message}`);
  if (execution.project_id === null) {
    return refused('PROJECT_REQUIRED', 'The execution belongs to no project, so nobody can hear it.');
  }
  return causedEvent(execution, origin, { ...said, eventType, documentFamilyId, traceparent });
}

/** An event about a document that names none is about the document of its execution. */
function familySpokenOf({ document_family_id }: LoadedExecution['row'], eventType: string): string | null {
  return eventTypeRow(eventType).requires.includes('documentFamilyId') ? document_family_id : null;
}
