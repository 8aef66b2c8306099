import type { ContentObject } from '@gantry/contracts/document-snapshot';
import type { Execution, Step } from '@gantry/contracts/http/execution';
import type { QueuePlace } from '@gantry/dispatch/queue-places';
import type { JsonObject } from '@gantry/domain/json';
import type { StepDefinition } from '@gantry/domain/pipeline';
import { statusFromValue } from '@gantry/domain/status';
import { STEP_STATUSES, type StepStatus, stepStatusFromValue, untouchedStep } from '@gantry/domain/step-status';
import { waitingSlice } from '@gantry/domain/waiting-slice';
import type { ExecutionView, StepRow } from '@gantry/record/executions/execution-view';
import type { PlacesBefore } from './places-before.ts';

/** An execution as clients read it. */
export function executionAnswer(view: ExecutionView, places?: PlacesBefore): Execution {
  return {
    ...withoutChildren(view, places),
    childExecutions: view.children.map((child) => ({ ...withoutChildren(child, places), childExecutions: [] })),
  };
}

function withoutChildren(
  { row, assistant, steps, contentObjects }: ExecutionView,
  places: PlacesBefore | undefined,
): Omit<Execution, 'childExecutions'> {
  return {
    id: row.id,
    uuid: row.id,
    changeSequence: row.change_sequence,
    createdOn: row.created_at.toISOString(),
    updatedOn: row.updated_at.toISOString(),
    description: row.description,
    organizationId: row.organization_id,
    projectId: row.project_id,
    assistantId: row.assistant_id,
    assistant,
    documentFamilyId: row.document_family_id,
    parentExecutionId: row.parent_execution_id,
    eventId: row.event_id,
    reprocessOf: row.reprocess_of,
    duplicateOf: row.duplicate_of,
    status: statusFromValue(row.status),
    priority: row.priority,
    queuedAt: queuedAt(row.slices),
    startDate: instant(row.started_at),
    endDate: instant(row.finished_at),
    processingTime: row.processing_time_ms,
    loggingEnabled: row.logging_enabled,
    deleteLoggingOnSuccess: row.delete_logging_on_success,
    context: row.context,
    parameters: row.parameters,
    customOptions: row.custom_options,
    targets: row.targets,
    session: row.session,
    statusDetails: waitingDetails(row, places?.get(row.id)) ?? statusDetails(row, steps),
    exceptionDetails: row.exception_details,
    failureGroup: row.failure_group,
    revision: row.revision,
    pipeline: {
      id: row.pipeline.id,
      ref: null,
      valid: true,
      exceptions: [],
      steps: stepAnswers(row, steps, contentObjects),
    },
    contentObjects,
  };
}

/** What it waits for, if no worker has taken its next slice yet. */
function waitingDetails(row: ExecutionView['row'], known: QueuePlace | undefined): JsonObject | null {
  const waiting = waitingSlice(statusFromValue(row.status), row.slices);
  if (waiting === undefined) return null;
  const place = known === undefined || known.before === null ? '' : `, ${known.before} before it`;
  const message = `waiting for a worker of ${waiting.runtime}${place}`;
  const detail = known?.served === false ? `No worker serves ${waiting.runtime} at the moment.` : null;
  return { status: 'WAITING', message, detail, progress: null, progressMax: null };
}

/** What it said last that it is doing, and how far the running step is. Null if neither is known. */
function statusDetails({ status_details: said }: ExecutionView['row'], steps: readonly StepRow[]): JsonObject | null {
  const running = steps.find(({ status }) => status === STEP_STATUSES.RUNNING);
  const progress = running?.progress ?? null;
  if (said === null && progress === null) return null;
  return { status: null, message: null, detail: null, ...said, progress, progressMax: running?.progress_max ?? null };
}

/** The steps of the definition, each with what has become of it; one without a row has not begun. */
function stepAnswers(
  { id, pipeline, status }: ExecutionView['row'],
  rows: readonly StepRow[],
  contentObjects: readonly ContentObject[],
): Step[] {
  const written = Map.groupBy(contentObjects, ({ stepId }) => stepId);
  const byOrdinal = new Map(rows.map((row) => [row.ordinal, row]));
  const untouched = untouchedStep(statusFromValue(status));
  let inputId: string | null = null;
  return pipeline.steps.map((definition, ordinal) => {
    const row = byOrdinal.get(ordinal);
    const stepId = `${id}.${ordinal}`;
    const became = row ? stepStatusFromValue(row.status) : untouched;
    const step = { ...stepAnswer(stepId, definition, became, row, inputId), contentObjects: written.get(stepId) ?? [] };
    inputId = step.outputId ?? inputId;
    return step;
  });
}

function stepAnswer(
  id: string,
  definition: StepDefinition,
  status: StepStatus,
  row: StepRow | undefined,
  inputId: string | null,
): Step {
  const outputId = row?.output_id ?? null;
  return {
    id,
    name: definition.name ?? null,
    ref: definition.ref,
    stepType: definition.stepType ?? 'MODEL',
    status,
    start: instant(row?.started_at),
    end: instant(row?.finished_at),
    processingTime: row?.started_at && row.finished_at ? row.finished_at.getTime() - row.started_at.getTime() : null,
    progress: row?.progress ?? null,
    progressMax: row?.progress_max ?? null,
    attempt: row?.attempt ?? 0,
    options: definition.options ?? {},
    optionTypes: {},
    context: {},
    conditional: definition.conditional ?? null,
    contentObjects: [],
    inputId: row === undefined || status === 'PENDING' ? null : inputId,
    outputId,
    outputIds: outputId === null ? [] : [outputId],
    extensionPackRef: null,
    exceptionDetails: row?.exception_details ?? null,
    reusedFrom: row?.reused_from ?? null,
    // One that is kept as a content is no null: it is read by itself.
    ...(row?.output === undefined || row.output_ref !== null ? {} : { output: row.output }),
  };
}

function queuedAt([first]: ExecutionView['row']['slices']): string | null {
  return first === undefined ? null : new Date(first.queuedAt).toISOString();
}

function instant(at: Date | null | undefined): string | null {
  return at?.toISOString() ?? null;
}
