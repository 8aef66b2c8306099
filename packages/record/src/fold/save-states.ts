import { type ExecutionState, PENDING_STEP } from '@gantry/domain/execution-state';
import type { Fact } from '@gantry/domain/fact';
import { isFinished, mayComeTo, statusValue } from '@gantry/domain/status';
import { STEP_STATUSES } from '@gantry/domain/step-status';
import { type RawBuilder, sql } from 'kysely';
import { noteChanges } from '../changes/changes.ts';
import type { Tx } from '../connection/database.ts';
import { prepared } from '../connection/prepared.ts';
import { rowsOf } from '../connection/rows-of.ts';
import type { Row } from '../schema/tables.ts';
import type { LoadedExecution } from './load-states.ts';

export interface FoldedExecution extends LoadedExecution {
  facts: readonly Fact[];
  after: ExecutionState;
}

type SavedExecution = Pick<Row<'executions'>, 'id' | 'change_sequence'>;

/** Writes what facts changed, the executions and their steps in one statement: `noteSaved` what it returns. */
export function savingStates(folded: readonly FoldedExecution[], now: Date): RawBuilder<SavedExecution> {
  for (const each of folded) assertTransition(each);
  const steps = folded.flatMap(changedSteps);
  const begun = steps.filter(({ hasRow }) => !hasRow).map(({ row }) => row);
  const again = steps.filter(({ hasRow }) => hasRow).map(({ row }) => row);
  return prepared`
    with ${again.length > 0 ? sql`${updateSteps(again)},` : sql``} begun as (
      insert into execution_steps select * from ${rowsOf('execution_steps', begun)}
    )
    update executions
    set status = said.status, epoch = said.epoch, started_at = said.started_at, finished_at = said.finished_at,
      processing_time_ms = said.processing_time_ms, exception_details = said.exception_details, slices = said.slices,
      failed_step = said.failed_step, dedup_key = said.dedup_key, updated_at = ${now}, change_sequence = executions.change_sequence + 1
    from ${rowsOf('executions', folded.map(executionRow))} as said
    where executions.id = said.id
    returning executions.id, executions.change_sequence`;
}

function updateSteps(rows: readonly object[]) {
  return sql`again as (
    update execution_steps as step
    set status = said.status, attempt = said.attempt, started_at = said.started_at, finished_at = said.finished_at,
      progress = said.progress, progress_max = said.progress_max, output = said.output, output_ref = said.output_ref,
      output_id = said.output_id, exception_details = said.exception_details,
      attempt_started_at = said.attempt_started_at, worker_id = said.worker_id, earlier_attempts = said.earlier_attempts
    from ${rowsOf('execution_steps', rows)} as said
    where step.execution_id = said.execution_id and step.ordinal = said.ordinal
  )`;
}

/** The fold makes no other: what would is a fault of it, and one execution that fails is better than a record that lies. */
function assertTransition({ row, state, after }: FoldedExecution): void {
  if (state.status === after.status || mayComeTo(state.status, after.status)) return;
  throw new RangeError(`${row.id} cannot become ${after.status}: it is ${state.status}`);
}

/** Tells those who watch of what was written. */
export function noteSaved(tx: Tx, folded: readonly FoldedExecution[], saved: readonly SavedExecution[]): void {
  const changeSequences = new Map(saved.map((row) => [row.id, row.change_sequence]));
  for (const [kind, executions] of Map.groupBy(folded, kindOfChange)) {
    noteChanges(
      tx,
      kind,
      executions.map(({ row, after }) => ({
        ...row,
        status: statusValue(after.status),
        change_sequence: changeSequences.get(row.id) ?? 0,
      })),
    );
  }
}

function kindOfChange({ state, after }: FoldedExecution): 'status' | 'steps' {
  return state.status === after.status ? 'steps' : 'status';
}

function executionRow({ row, after }: FoldedExecution) {
  const { startedAt, finishedAt } = after;
  return {
    id: row.id,
    status: statusValue(after.status),
    epoch: after.epoch,
    started_at: instant(startedAt),
    finished_at: instant(finishedAt),
    processing_time_ms: startedAt !== null && finishedAt !== null ? Math.max(0, finishedAt - startedAt) : undefined,
    exception_details: after.exceptionDetails,
    slices: after.slices,
    failed_step: failedStep(after),
    dedup_key: releasesKey(row, after) ? undefined : row.dedup_key,
  };
}

function failedStep({ steps }: ExecutionState): number | undefined {
  const ordinal = steps.findIndex(({ status }) => status === 'FAILED');
  return ordinal === -1 ? undefined : ordinal;
}

/** The key is free for the next one at the end, and for updates as soon as this one may have missed what comes now. */
function releasesKey(row: LoadedExecution['row'], after: ExecutionState): boolean {
  return isFinished(after.status) || (row.releases_key_when_running && after.startedAt !== null);
}

/** Their rows, and which of them are there: nobody else writes one while the execution is locked. */
function changedSteps({ row, state, after }: FoldedExecution) {
  return after.steps.flatMap((step, ordinal) => {
    const definition = row.pipeline.steps[ordinal];
    const before = state.steps[ordinal];
    // A step that has not begun has no row.
    if (definition === undefined || step === before) return [];
    return [
      {
        hasRow: before !== PENDING_STEP,
        row: {
          execution_id: row.id,
          ordinal,
          ref: definition.ref,
          name: definition.name,
          status: STEP_STATUSES[step.status],
          attempt: step.attempt,
          started_at: instant(step.startedAt),
          finished_at: instant(step.finishedAt),
          progress: step.progress,
          progress_max: step.progressMax,
          output: step.output,
          output_ref: step.outputRef,
          output_id: step.outputId,
          exception_details: step.exceptionDetails,
          attempt_started_at: instant(step.attemptStartedAt),
          worker_id: step.workerId,
          earlier_attempts: step.earlierAttempts.length === 0 ? undefined : step.earlierAttempts,
        },
      },
    ];
  });
}

function instant(ms: number | null): string | undefined {
  return ms === null ? undefined : new Date(ms).toISOString();
}
