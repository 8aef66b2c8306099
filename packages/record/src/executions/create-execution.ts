import type { Committed } from '@gantry/contracts/after-commit';
import type { JsonObject } from '@gantry/domain/json';
import type { Pipeline } from '@gantry/domain/pipeline';
import { MANUAL_PRIORITY } from '@gantry/domain/priority';
import { admissionIsOpen, isUnlimited } from '../admission/admission-is-open.ts';
import type { Database, Tx } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';
import { findFamilyRow } from '../families/find-family.ts';
import { executionJob } from './execution-job.ts';
import { insertExecutions } from './insert-executions.ts';
import { assistantContext, fromAssistant, newExecution, pipelineOf } from './new-execution.ts';

export interface ExecutionRequest {
  organizationId: string;
  projectId: string | null;
  /** Runs this assistant's pipeline; null: runs `pipeline`. */
  assistantId: string | null;
  pipeline: Pipeline | null;
  priority: number | null;
  context: JsonObject;
  parameters: JsonObject;
  description: string | null;
  /** Where in a trace it begins (W3C). */
  traceparent: string | null;
  now: Date;
}

export type CreateExecutionResult =
  | { outcome: 'created'; executionId: string }
  | { outcome: 'not-found'; what: 'assistant' | 'project' };

/** Runs an assistant, or a pipeline that belongs to none, because somebody asked for it: never deduplicated. */
export function createExecution(db: Database, request: ExecutionRequest): Promise<Committed<CreateExecutionResult>> {
  return retryTransaction(db, async (tx) => {
    const { organizationId, now } = request;
    const assistant =
      request.assistantId === null ? undefined : await findAssistant(tx, organizationId, request.assistantId);
    if (request.assistantId !== null && assistant === undefined) return { outcome: 'not-found', what: 'assistant' };
    if (request.projectId !== null && !(await projectExists(tx, organizationId, request.projectId))) {
      return { outcome: 'not-found', what: 'project' };
    }
    const familyId = request.context.documentFamilyId;
    const family = typeof familyId === 'string' ? await findFamilyRow(tx, organizationId, familyId) : undefined;
    const open = (await admissionIsOpen(tx)) && isUnlimited(assistant);
    const execution = newExecution(
      {
        organization_id: organizationId,
        project_id: request.projectId,
        now,
        status: open ? 'PENDING' : 'REQUESTED',
        priority: request.priority ?? assistant?.priority_hint ?? MANUAL_PRIORITY,
        pipeline: request.pipeline ?? (assistant ? pipelineOf(assistant) : { steps: [] }),
        context: { eventType: 'ASSISTANT', ...request.context, ...(assistant ? assistantContext(assistant) : {}) },
      },
      {
        ...(assistant ? fromAssistant(assistant) : {}),
        parameters: request.parameters,
        description: request.description,
        traceparent: request.traceparent,
        document_family_id: typeof familyId === 'string' ? familyId : null,
      },
    );
    await insertExecutions(tx, [execution]);
    if (open) tx.after.enqueue.push(executionJob(execution, family));
    return { outcome: 'created', executionId: execution.id };
  });
}

async function projectExists(tx: Tx, organizationId: string, projectId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('projects')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('id', '=', projectId)
    .executeTakeFirst();
  return row !== undefined;
}

function findAssistant(tx: Tx, organizationId: string, assistantId: string) {
  return tx
    .selectFrom('assistants')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', assistantId)
    .executeTakeFirst();
}
