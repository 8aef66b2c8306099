import type { ExecutionJob } from '@gantry/contracts/execution-job';
import { MANUAL_PRIORITY } from '@gantry/domain/priority';
import { statusesThatMayBecome, statusValue, statusValues } from '@gantry/domain/status';
import { sql } from 'kysely';
import { admissionIsOpen } from './admission/admission-is-open.ts';
import { type ChangedRow, changedColumns, noteChanges } from './changes.ts';
import { findFamily } from './create-execution.ts';
import type { Database, Tx } from './database.ts';
import { executionJob } from './execution-job.ts';
import type { FamilyRow } from './ingest/upsert-families.ts';
import { insertExecutions } from './insert-executions.ts';
import { assistantContext, fromAssistant, newExecution, pipelineOf } from './new-execution.ts';
import { retryTransaction } from './retry-transaction.ts';
import type { Row } from './tables.ts';

export type ReprocessResult =
  /** One execution for each assistant, in the order asked for; `jobs` are to be enqueued. */
  | { outcome: 'created'; executionIds: string[]; jobs: ExecutionJob[] }
  | { outcome: 'not-found'; what: 'family' | 'assistant'; id: string };

interface Reprocess {
  organizationId: string;
  familyId: string;
  /** Empty: every assistant that processed the family before. */
  assistantIds: readonly string[];
  now: Date;
}

/**
 * Runs assistants on a document family again. What each of them did last becomes PENDING_REPROCESSING until the new
 * execution has finished; while that one is open, asking again gives the same one.
 */
export function reprocessFamily(db: Database, request: Reprocess): Promise<ReprocessResult> {
  return retryTransaction(db, async (tx) => {
    const { organizationId, familyId } = request;
    const family = await findFamily(tx, organizationId, familyId);
    if (family === undefined) return { outcome: 'not-found', what: 'family', id: familyId };
    const wanted = request.assistantIds.length > 0 ? request.assistantIds : await assistantsOf(tx, request);
    const assistants = await findAssistants(tx, organizationId, wanted);
    const missing = wanted.find((id) => !assistants.has(id));
    if (missing !== undefined) return { outcome: 'not-found', what: 'assistant', id: missing };

    const open = await admissionIsOpen(tx);
    const executionIds: string[] = [];
    const jobs: ExecutionJob[] = [];
    for (const assistant of assistants.values()) {
      const replacement = await replace(tx, assistant, family, open, request.now);
      executionIds.push(replacement.id);
      jobs.push(...replacement.jobs);
    }
    return { outcome: 'created', executionIds, jobs };
  });
}

async function replace(tx: Tx, assistant: Row<'assistants'>, family: FamilyRow, open: boolean, now: Date) {
  const last = await lockLastFinished(tx, assistant, family.id);
  if (last !== undefined) {
    const running = await tx.selectFrom('executions').select('id').where('replaces', '=', last.id).executeTakeFirst();
    if (running !== undefined) return { id: running.id, jobs: [] };
    const { rows } = await sql<ChangedRow>`
      update executions set previous_status = status, status = ${statusValue('PENDING_REPROCESSING')}, updated_at = ${now},
        change_sequence = change_sequence + 1
      where id = ${last.id} and status = any(${statusValues(statusesThatMayBecome('PENDING_REPROCESSING'))})
      returning ${changedColumns()}`.execute(tx);
    noteChanges(tx, 'status', rows);
  }
  const admitted = open && assistant.max_concurrent_executions === null;
  const execution = newExecution(
    {
      ...fromAssistant(assistant),
      now,
      status: admitted ? 'PENDING' : 'REQUESTED',
      priority: MANUAL_PRIORITY,
      pipeline: pipelineOf(assistant),
      context: { ...(last?.context ?? firstContext(family)), ...assistantContext(assistant) },
    },
    {
      ...fromAssistant(assistant),
      parameters: last?.parameters ?? {},
      document_family_id: family.id,
      reprocess_of: last?.id ?? null,
      replaces: last?.id ?? null,
    },
  );
  await insertExecutions(tx, [execution]);
  return { id: execution.id, jobs: admitted ? [executionJob(execution, family)] : [] };
}

/** The newest finished execution that did something; one being replaced counts. */
function lockLastFinished(tx: Tx, assistant: Row<'assistants'>, familyId: string) {
  const finished = statusValues([...statusesThatMayBecome('PENDING_REPROCESSING'), 'PENDING_REPROCESSING']);
  return tx
    .selectFrom('executions')
    .select(['id', 'context', 'parameters'])
    .where('assistant_id', '=', assistant.id)
    .where('document_family_id', '=', familyId)
    .where('status', 'in', finished)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
}

function firstContext(family: FamilyRow) {
  return {
    eventType: 'ASSISTANT',
    documentFamilyId: family.id,
    contentObjectId: family.content_objects.at(-1)?.id ?? null,
    storeId: family.store_id,
  };
}

async function assistantsOf(tx: Tx, { organizationId, familyId }: Reprocess): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select assistant_id as id from executions
    where organization_id = ${organizationId} and document_family_id = ${familyId} and assistant_id is not null
      and status <> ${statusValue('SKIPPED')}
    group by assistant_id order by min(created_at)`.execute(tx);
  return rows.map(({ id }) => id);
}

async function findAssistants(
  tx: Tx,
  organizationId: string,
  ids: readonly string[],
): Promise<Map<string, Row<'assistants'>>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectFrom('assistants')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', 'in', ids)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return new Map(
    ids.flatMap((id) => {
      const row = byId.get(id);
      return row ? [[id, row]] : [];
    }),
  );
}
