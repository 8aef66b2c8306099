import type { Committed } from '@gantry/contracts/after-commit';
import type { RestartRequest } from '@gantry/contracts/http/restart';
import { decideRestart, type RestartRefusal } from '@gantry/domain/restart';
import { isFinished, statusFromValue } from '@gantry/domain/status';
import { type StepStatus, stepStatusFromValue } from '@gantry/domain/step-status';
import { sql } from 'kysely';
import { admissionIsOpen } from '../admission/admission-is-open.ts';
import { type Actor, audit } from '../audit/audit.ts';
import type { Database, Tx } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';
import { pipelineOf } from '../executions/new-execution.ts';
import { familiesOf } from '../families/families-of.ts';
import { replanJobs } from '../reconcile/replan-jobs.ts';
import type { Row } from '../schema/tables.ts';
import { type Moment, replaceExecutions } from './replace-execution.ts';

export interface Restarted {
  organizationId: string;
  executionId: string;
  request: RestartRequest;
}

export type RestartResult =
  | { outcome: 'created'; executionId: string }
  | { outcome: 'not-found' }
  | { outcome: 'refused'; refusal: RestartRefusal | StandingRefusal };

interface StandingRefusal {
  code: 'EXECUTION_UNFINISHED' | 'EXECUTION_NOT_RUN' | 'EXECUTION_BEING_REPLACED' | 'ASSISTANT_NOT_FOUND';
  message: string;
}

/**
 * Runs a finished execution again from a step on, in a new one that has the outcomes of the steps before it. The old one
 * is being replaced by it, as when a document family is reprocessed.
 */
export function restartExecution(
  db: Database,
  { actor, ...restart }: Restarted & { actor?: Actor },
  now: Date,
): Promise<Committed<RestartResult>> {
  return retryTransaction(db, async (tx) => {
    const result = await restartWithin(tx, restart, { open: await admissionIsOpen(tx), now });
    if (result.outcome === 'created') {
      const details = { executionId: result.executionId, fromStep: restart.request.fromStep ?? null };
      await audit(tx, actor, { action: 'restart', resource: 'execution', id: restart.executionId, details });
    }
    return result;
  });
}

/** The same inside a transaction that is under way. */
export async function restartWithin(tx: Tx, restart: Restarted, moment: Moment): Promise<RestartResult> {
  const { organizationId, executionId, request } = restart;
  const last = await lockExecution(tx, restart);
  if (last === undefined) return { outcome: 'not-found' };
  const standing = standingRefusal(last);
  if (standing) return { outcome: 'refused', refusal: standing };
  const assistant = await findAssistant(tx, organizationId, last.assistant_id);
  if (request.pipeline === 'current' && assistant === undefined) {
    return refused('ASSISTANT_NOT_FOUND', `The execution ${executionId} has no assistant whose pipeline it could run.`);
  }
  const decision = decideRestart({
    original: last.pipeline.steps,
    statuses: await stepStatuses(tx, last),
    steps: request.pipeline === 'current' && assistant ? pipelineOf(assistant).steps : last.pipeline.steps,
    fromStep: request.fromStep ?? null,
    options: request.options ?? {},
  });
  if (!decision.ok) return { outcome: 'refused', refusal: decision.refusal };

  const { fromStep, steps } = decision;
  const family = (await familiesOf(tx, [last]))(last);
  const revision = request.pipeline === 'current' && assistant ? assistant.revision : last.revision;
  const changes = { pipeline: { steps }, context: request.context ?? {}, fromStep, revision };
  const [created] = await replaceExecutions(tx, [{ last, assistant, family, changes }], moment);
  if (created === undefined) throw new Error('a replacement was not made');
  await takeOverSteps(tx, { from: last.id, to: created.executionId, fromStep });
  if (created.jobs.length > 0) {
    tx.after.enqueue.push(...(await replanJobs(tx, [{ id: created.executionId, epoch: 0 }])));
  }
  return { outcome: 'created', executionId: created.executionId };
}

function refused(code: StandingRefusal['code'], message: string): RestartResult {
  return { outcome: 'refused', refusal: { code, message } };
}

function standingRefusal({ id, status: value, duplicate_of }: Row<'executions'>): StandingRefusal | undefined {
  const status = statusFromValue(value);
  if (!isFinished(status)) {
    return { code: 'EXECUTION_UNFINISHED', message: `The execution ${id} is not finished: it is ${status}.` };
  }
  if (status === 'SKIPPED') {
    return { code: 'EXECUTION_NOT_RUN', message: `The execution ${id} is a duplicate of ${duplicate_of}, which ran.` };
  }
  if (status === 'PENDING_REPROCESSING') {
    return { code: 'EXECUTION_BEING_REPLACED', message: `The execution ${id} has a replacement that is not finished.` };
  }
  return undefined;
}

function lockExecution(tx: Tx, { organizationId, executionId }: Restarted): Promise<Row<'executions'> | undefined> {
  return tx
    .selectFrom('executions')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', executionId)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

async function findAssistant(
  tx: Tx,
  organizationId: string,
  id: string | null,
): Promise<Row<'assistants'> | undefined> {
  if (id === null) return undefined;
  return tx
    .selectFrom('assistants')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
}

async function stepStatuses(tx: Tx, { id, pipeline }: Row<'executions'>): Promise<StepStatus[]> {
  const rows = await tx
    .selectFrom('execution_steps')
    .select(['ordinal', 'status', 'finished_at', 'reused_from'])
    .where('execution_id', '=', id)
    .execute();
  const byOrdinal = new Map(rows.map((row) => [row.ordinal, row]));
  return pipeline.steps.map((_, ordinal): StepStatus => {
    const row = byOrdinal.get(ordinal);
    if (row === undefined) return 'PENDING';
    const status = stepStatusFromValue(row.status);
    // Steps that an end of the execution cut off are SKIPPED too.
    return status === 'SKIPPED' && row.finished_at === null && row.reused_from === null ? 'PENDING' : status;
  });
}

/** Their times stay with the execution that ran them. */
async function takeOverSteps(tx: Tx, { from, to, fromStep }: { from: string; to: string; fromStep: number }) {
  await sql`
    insert into execution_steps
      (execution_id, ordinal, ref, name, status, attempt, output, output_ref, output_id, exception_details, reused_from)
    select ${to}, ordinal, ref, name, status, 0, output, output_ref, output_id, exception_details,
      coalesce(reused_from, execution_id)
    from execution_steps where execution_id = ${from} and ordinal < ${fromStep}`.execute(tx);
  // Their outputs may name what they wrote.
  await sql`
    insert into step_contents (execution_id, ref)
    select ${to}, ref from step_contents where execution_id = ${from}`.execute(tx);
}
