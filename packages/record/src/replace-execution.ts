import type { ExecutionJob } from '@gantry/contracts/execution-job';
import type { JsonObject } from '@gantry/domain/json';
import type { Pipeline } from '@gantry/domain/pipeline';
import { MANUAL_PRIORITY } from '@gantry/domain/priority';
import { statusesThatMayBecome, statusValue, statusValues } from '@gantry/domain/status';
import { sql } from 'kysely';
import { type ChangedRow, changedColumns, noteChanges } from './changes.ts';
import type { Tx } from './database.ts';
import { executionJob } from './execution-job.ts';
import type { FamilyRow } from './ingest/upsert-families.ts';
import { insertExecutions } from './insert-executions.ts';
import { assistantContext, fromAssistant, type NewExecution, newExecution, pipelineOf } from './new-execution.ts';
import type { Row } from './tables.ts';

export interface Replacement {
  executionId: string;
  /** To be enqueued after the commit; none if it was there already or waits for admission. */
  jobs: ExecutionJob[];
}

interface Moment {
  /** Whether new executions may go straight to PENDING. */
  open: boolean;
  now: Date;
}

/** Executions that did something and are over, whether or not they are being replaced. */
export const REPLACEABLE = statusValues([...statusesThatMayBecome('PENDING_REPROCESSING'), 'PENDING_REPROCESSING']);

/**
 * Runs an assistant on a document family again, in place of what it did with it last; if it did nothing yet, for the
 * first time. While a replacement is open, asking again gives the same one.
 */
export async function replaceLast(
  tx: Tx,
  assistant: Row<'assistants'>,
  family: FamilyRow,
  moment: Moment,
): Promise<Replacement> {
  const last = await lockLastFinished(tx, assistant, family.id);
  const run = {
    ...{ assistant, family, pipeline: pipelineOf(assistant) },
    context: { ...(last?.context ?? firstContext(family)), ...assistantContext(assistant) },
    values: { ...fromAssistant(assistant), document_family_id: family.id },
  };
  return replace(tx, last, run, moment);
}

/**
 * Runs one execution again from its own context: its assistant as that is now, or its own pipeline without one.
 * @param last locked, and in one of the REPLACEABLE statuses
 */
export function replaceExecution(
  tx: Tx,
  last: Row<'executions'>,
  { assistant, family }: { assistant: Row<'assistants'> | undefined; family: FamilyRow | undefined },
  moment: Moment,
): Promise<Replacement> {
  const { organization_id, project_id, complete_label, timeout_seconds } = last;
  const { logging_enabled, delete_logging_on_success, document_family_id, description, pipeline } = last;
  const own = {
    organization_id,
    project_id,
    complete_label,
    timeout_seconds,
    logging_enabled,
    delete_logging_on_success,
  };
  const run = {
    ...{ assistant, family },
    pipeline: assistant ? pipelineOf(assistant) : { steps: pipeline.steps },
    context: { ...last.context, ...(assistant ? assistantContext(assistant) : {}) },
    values: { ...(assistant ? fromAssistant(assistant) : own), document_family_id, description },
  };
  return replace(tx, last, run, moment);
}

interface Run {
  assistant: Row<'assistants'> | undefined;
  family: FamilyRow | undefined;
  pipeline: Pipeline;
  context: JsonObject;
  values: Pick<NewExecution, 'organization_id' | 'project_id'> & Partial<NewExecution>;
}

async function replace(
  tx: Tx,
  last: Pick<Row<'executions'>, 'id' | 'parameters'> | undefined,
  { assistant, family, pipeline, context, values }: Run,
  { open, now }: Moment,
): Promise<Replacement> {
  if (last !== undefined) {
    const running = await tx.selectFrom('executions').select('id').where('replaces', '=', last.id).executeTakeFirst();
    if (running !== undefined) return { executionId: running.id, jobs: [] };
    const { rows } = await sql<ChangedRow>`
      update executions set previous_status = status, status = ${statusValue('PENDING_REPROCESSING')}, updated_at = ${now},
        change_sequence = change_sequence + 1
      where id = ${last.id} and status = any(${statusValues(statusesThatMayBecome('PENDING_REPROCESSING'))})
      returning ${changedColumns()}`.execute(tx);
    noteChanges(tx, 'status', rows);
  }
  const admitted = open && !assistant?.max_concurrent_executions;
  const { organization_id, project_id } = values;
  const status = admitted ? 'PENDING' : 'REQUESTED';
  const execution = newExecution(
    { organization_id, project_id, now, status, priority: MANUAL_PRIORITY, pipeline, context },
    { ...values, parameters: last?.parameters ?? {}, reprocess_of: last?.id ?? null, replaces: last?.id ?? null },
  );
  await insertExecutions(tx, [execution]);
  return { executionId: execution.id, jobs: admitted ? [executionJob(execution, family)] : [] };
}

/** The newest finished execution that did something; one being replaced counts. */
function lockLastFinished(tx: Tx, assistant: Row<'assistants'>, familyId: string) {
  return tx
    .selectFrom('executions')
    .select(['id', 'context', 'parameters'])
    .where('organization_id', '=', assistant.organization_id)
    .where('assistant_id', '=', assistant.id)
    .where('document_family_id', '=', familyId)
    .where('status', 'in', REPLACEABLE)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

function firstContext(family: FamilyRow): JsonObject {
  return {
    eventType: 'ASSISTANT',
    documentFamilyId: family.id,
    contentObjectId: family.content_objects.at(-1)?.id ?? null,
    storeId: family.store_id,
  };
}
