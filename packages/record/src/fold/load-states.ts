import { type ExecutionState, PENDING_STEP, type StepState } from '@gantry/domain/execution-state';
import { statusFromValue } from '@gantry/domain/status';
import { stepStatusFromValue } from '@gantry/domain/step-status';
import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { prepared } from '../connection/prepared.ts';
import { together } from '../connection/together.ts';
import type { Row } from '../schema/tables.ts';

/** An execution's row as the fold needs it, and the state in it. */
export interface LoadedExecution {
  row: Pick<
    Row<'executions'>,
    | 'id'
    | 'organization_id'
    | 'project_id'
    | 'assistant_id'
    | 'document_family_id'
    | 'dedup_key'
    | 'releases_key_when_running'
    | 'cause_depth'
    | 'traceparent'
    | 'replaces'
    | 'complete_label'
    | 'logging_enabled'
    | 'delete_logging_on_success'
    | 'pipeline'
    | 'created_at'
  > & {
    /** Of the event that caused it. */
    event_type: string | null;
  };
  state: ExecutionState;
}

type StateRow = LoadedExecution['row'] &
  Pick<
    Row<'executions'>,
    'status' | 'stop_reason' | 'epoch' | 'started_at' | 'finished_at' | 'exception_details' | 'slices'
  >;

/** Without the output, which may be large, and what was written besides: a step that changes has none yet, or gets a new one. */
export type StoredStep = Omit<Row<'execution_steps'>, 'ref' | 'name' | 'output' | 'reused_from'>;

/**
 * Loads executions for the fold, locked in sorted order, but not against being referred to (by duplicates of them).
 * @param provided none is loaded where it does not hold
 */
export async function loadStates(
  tx: Tx,
  ids: readonly string[],
  provided: RawBuilder<boolean> = sql`true`,
): Promise<Map<string, LoadedExecution>> {
  const [rows, steps] = await together(
    tx,
    prepared<StateRow>`
    select id, organization_id, project_id, assistant_id, document_family_id, dedup_key, releases_key_when_running,
      cause_depth, traceparent, replaces, complete_label, logging_enabled, delete_logging_on_success, pipeline, status, stop_reason, epoch,
      started_at, finished_at, exception_details, slices, created_at,
      case when event_id is not null then context ->> 'eventType' end as event_type
    from executions where id = any(${ids}) and ${provided} order by id for no key update`,
    prepared<StoredStep>`
    select execution_id, ordinal, status, attempt, started_at, finished_at, progress, progress_max, output_ref, output_id,
      exception_details, attempt_started_at, worker_id, earlier_attempts
    from execution_steps where execution_id = any(${ids})`,
  );
  const stepsOf = Map.groupBy(steps, (step) => step.execution_id);
  return new Map(rows.map((row) => [row.id, { row, state: stateOf(row, stepsOf.get(row.id) ?? []) }]));
}

function stateOf(row: StateRow, stepRows: readonly StoredStep[]): ExecutionState {
  const steps = row.pipeline.steps.map((): StepState => PENDING_STEP);
  for (const step of stepRows) steps[step.ordinal] = stepState(step);
  return {
    status: statusFromValue(row.status),
    stopReason: row.stop_reason,
    epoch: row.epoch,
    startedAt: row.started_at?.getTime() ?? null,
    finishedAt: row.finished_at?.getTime() ?? null,
    exceptionDetails: row.exception_details,
    slices: row.slices,
    steps,
  };
}

/** The state that a step's row has. */
export function stepState(row: StoredStep): StepState {
  return {
    status: stepStatusFromValue(row.status),
    attempt: row.attempt,
    // Of rows written before attempts were kept it is not known.
    attemptStartedAt: (row.attempt_started_at ?? row.started_at)?.getTime() ?? null,
    workerId: row.worker_id,
    earlierAttempts: row.earlier_attempts ?? [],
    startedAt: row.started_at?.getTime() ?? null,
    finishedAt: row.finished_at?.getTime() ?? null,
    progress: row.progress,
    progressMax: row.progress_max,
    output: null,
    outputRef: row.output_ref,
    outputId: row.output_id,
    written: [],
    labels: [],
    exceptionDetails: row.exception_details,
  };
}
