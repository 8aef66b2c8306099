import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import type { Json, JsonObject } from '@gantry/domain/json';
import type { Pipeline } from '@gantry/domain/pipeline';
import { type ExecutionStatus, isFinished, statusValue } from '@gantry/domain/status';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';

/** An execution about to be inserted: its row, with what the row takes from defaults left out. */
export type NewExecution = Pick<
  Row<'executions'>,
  | 'id'
  | 'organization_id'
  | 'project_id'
  | 'assistant_id'
  | 'document_family_id'
  | 'event_id'
  | 'parent_execution_id'
  | 'reprocess_of'
  | 'replaces'
  | 'from_step'
  | 'revision'
  | 'duplicate_of'
  | 'status'
  | 'priority'
  | 'dedup_key'
  | 'releases_key_when_running'
  | 'cause_depth'
  | 'queue_batch'
  | 'traceparent'
  | 'description'
  | 'context'
  | 'parameters'
  | 'pipeline'
  | 'complete_label'
  | 'timeout_seconds'
  | 'logging_enabled'
  | 'delete_logging_on_success'
  | 'created_at'
  | 'finished_at'
>;

type Given = Pick<NewExecution, 'organization_id' | 'project_id' | 'priority' | 'context'> & {
  now: Date;
  status: ExecutionStatus;
  pipeline: Pipeline;
};

const NO_PARAMETERS: JsonObject = {};
const frozenOf = new WeakMap<Pipeline, NewExecution['pipeline']>();

/** Of one pipeline it is the same for all executions of a batch, which so have it in common (see rowsOf). */
function frozen(pipeline: Pipeline): NewExecution['pipeline'] {
  const known = frozenOf.get(pipeline) ?? { id: newId(), ...pipeline };
  frozenOf.set(pipeline, known);
  return known;
}

export function newExecution(
  { now, status, pipeline, ...given }: Given,
  more: Partial<NewExecution> = {},
): NewExecution {
  return {
    id: newId(),
    assistant_id: null,
    document_family_id: null,
    event_id: null,
    parent_execution_id: null,
    reprocess_of: null,
    replaces: null,
    from_step: null,
    revision: null,
    duplicate_of: null,
    dedup_key: null,
    releases_key_when_running: false,
    cause_depth: 0,
    queue_batch: null,
    traceparent: null,
    description: null,
    parameters: NO_PARAMETERS,
    complete_label: null,
    timeout_seconds: null,
    logging_enabled: true,
    delete_logging_on_success: false,
    ...given,
    status: statusValue(status),
    pipeline: frozen(pipeline),
    created_at: now,
    finished_at: isFinished(status) ? now : null,
    ...more,
  };
}

/** What an execution takes over from its assistant. */
export function fromAssistant(assistant: Row<'assistants'>) {
  return {
    assistant_id: assistant.id,
    revision: assistant.revision,
    project_id: assistant.project_id,
    organization_id: assistant.organization_id,
    complete_label: assistant.options.complete_label ?? null,
    timeout_seconds: assistant.timeout_seconds,
    logging_enabled: assistant.logging_enabled,
    delete_logging_on_success: assistant.delete_logging_on_success,
  };
}

export function pipelineOf(assistant: Row<'assistants'>): Pipeline {
  return assistant.options.pipeline ?? { steps: [] };
}

/** What the event says, with what the assistant works with: what steps and clients read as `context`. */
export function contextOf(event: IncomingEvent, assistant: Row<'assistants'>): JsonObject {
  const said = {
    eventType: event.eventType,
    documentFamilyId: event.documentFamilyId,
    contentObjectId: event.contentObjectId,
    storeId: event.storeId,
    channelId: event.channelId,
    messageId: event.messageId,
    taskId: event.taskId,
  };
  return {
    ...event.data,
    ...Object.fromEntries(Object.entries(said).filter((entry): entry is [string, string] => entry[1] !== null)),
    ...assistantContext(assistant),
  };
}

export function assistantContext({ options }: Row<'assistants'>): JsonObject {
  return {
    taxonomyRefs: (options.taxonomies ?? []).map(taxonomyRef),
    ...(options.complete_label ? { completeLabel: options.complete_label } : {}),
  };
}

/** Taxonomies are listed by ref, or as objects that have one. */
function taxonomyRef(taxonomy: Json): Json {
  return taxonomy !== null && typeof taxonomy === 'object' && !Array.isArray(taxonomy)
    ? (taxonomy.ref ?? taxonomy)
    : taxonomy;
}
