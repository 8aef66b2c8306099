import type { Committed } from '@gantry/contracts/after-commit';
import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { resolvePriority } from '@gantry/domain/priority';
import type { Database, Tx } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';
import { type IngestOptions, ingestWithin } from '../events/ingest-events.ts';
import type { IngestResult } from '../events/ingest-result.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';
import type { AssistantName } from './find-assistant.ts';

type Subject = 'storeId' | 'documentFamilyId' | 'contentObjectId' | 'channelId' | 'messageId' | 'taskId';

export interface AssistantCall
  extends Pick<IncomingEvent, 'eventType' | 'data' | 'parentExecutionId' | 'traceparent' | Subject> {
  assistant: AssistantName;
}

export type CallResult =
  | { outcome: 'called'; executionId: string }
  | { outcome: 'not-found'; what: 'assistant' | 'parent' }
  | { outcome: 'inactive' }
  | { outcome: 'refused'; refusal: Extract<IngestResult, { ok: false }> };

/**
 * Tells one assistant an event by name: a run that somebody asked for, with the priority of those and never taken for
 * the same work as another.
 */
export function callAssistant(
  db: Database,
  call: AssistantCall,
  options: IngestOptions,
): Promise<Committed<CallResult>> {
  return retryTransaction(db, async (tx): Promise<CallResult> => {
    const { assistant: name, parentExecutionId, ...said } = call;
    const assistant = await lockAssistant(tx, name);
    if (assistant === undefined) return { outcome: 'not-found', what: 'assistant' };
    if (!assistant.active) return { outcome: 'inactive' };
    const parent = parentExecutionId === null ? null : await findParent(tx, name.organizationId, parentExecutionId);
    if (parent === undefined) return { outcome: 'not-found', what: 'parent' };

    const [result] = await ingestWithin(tx, [eventOf(assistant, said, parent, options)], options);
    if (result === undefined) throw new Error('an event has no result');
    if (!result.ok) return { outcome: 'refused', refusal: result };
    const [execution] = result.executions;
    if (execution === undefined) throw new Error('an assistant that was called by name did not hear it');
    return { outcome: 'called', executionId: execution.id };
  });
}

type Parent = Pick<Row<'executions'>, 'id' | 'cause_depth'>;

function eventOf(
  assistant: Row<'assistants'>,
  said: Omit<AssistantCall, 'assistant' | 'parentExecutionId'>,
  parent: Parent | null,
  { priorityDefaults }: IngestOptions,
): IncomingEvent {
  return {
    ...said,
    organizationId: assistant.organization_id,
    externalId: null,
    source: 'assistant',
    projectId: assistant.project_id,
    priority: resolvePriority(null, assistant.priority_hint, 'ASSISTANT', priorityDefaults),
    deduplicationKey: newId(),
    scheduleSlot: null,
    documentFamily: null,
    parentExecutionId: parent?.id ?? null,
    causeDepth: parent === null ? 0 : parent.cause_depth + 1,
    assistantId: assistant.id,
  };
}

/** Against being switched off meanwhile. */
function lockAssistant(
  tx: Tx,
  { organizationId, id, projectId }: AssistantName,
): Promise<Row<'assistants'> | undefined> {
  return tx
    .selectFrom('assistants')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .$if(projectId !== undefined, (query) => query.where('project_id', '=', projectId ?? ''))
    .forShare()
    .executeTakeFirst();
}

function findParent(tx: Tx, organizationId: string, id: string): Promise<Parent | undefined> {
  return tx
    .selectFrom('executions')
    .select(['id', 'cause_depth'])
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
}
