import type { Committed } from '@gantry/contracts/after-commit';
import type { SeenModules } from '@gantry/contracts/execution-job';
import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { dedupKey } from '@gantry/domain/dedup-key';
import { eventTypeRow } from '@gantry/domain/event-type';
import { LIMITS } from '@gantry/domain/limits';
import { resolvePriority } from '@gantry/domain/priority';
import { type ExecutionStatus, statusFromValue, statusValues } from '@gantry/domain/status';
import { sql } from 'kysely';
import { isUnlimited } from '../admission/admission-is-open.ts';
import type { Database, Tx } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';
import { allOver } from '../connection/together.ts';
import { executionJob } from '../executions/execution-job.ts';
import { insertExecutions } from '../executions/insert-executions.ts';
import { contextOf, fromAssistant, type NewExecution, newExecution, pipelineOf } from '../executions/new-execution.ts';
import { queueBatches } from '../executions/queue-batches.ts';
import { findModules } from '../modules/find-modules.ts';
import { modulesWanted } from '../modules/modules-wanted.ts';
import type { IngestedExecution, IngestResult } from './ingest-result.ts';
import type { StoredEvent } from './insert-events.ts';
import type { AssistantRow } from './look-around.ts';
import { CostlyEventsError, matchAssistants } from './match-assistants.ts';
import { areLikelyNew, storeEvents, storeLikelyNew } from './store-events.ts';
import { storesOf } from './stores-of.ts';
import { familyKey } from './upsert-families.ts';

export interface IngestOptions {
  now: Date;
  /** Priorities by event type that replace the built-in defaults. */
  priorityDefaults: Readonly<Record<string, number>>;
}

/**
 * Stores events and creates the executions they trigger, all in one transaction: nothing of it is there, or all of it.
 * Sending an event again creates nothing and gives the same executions with their present statuses.
 * @returns one result for each event, in order
 */
export async function ingestEvents(
  db: Database,
  events: readonly IncomingEvent[],
  options: IngestOptions,
): Promise<Committed<IngestResult[]>> {
  const { others, ingested } = await withoutCostly(events, (some) =>
    retryTransaction(db, (tx, attempt) =>
      ingestAll(tx, some, options, attempt === 1 && areLikelyNew(some) ? storeLikelyNew : storeEvents),
    ),
  );
  return { result: inOrder(events, others, ingested.result), after: ingested.after };
}

/** The same inside a transaction that is under way: how the recorder ingests what executions cause. */
export async function ingestWithin(
  tx: Tx,
  events: readonly IncomingEvent[],
  options: IngestOptions,
): Promise<IngestResult[]> {
  const { others, ingested } = await withoutCostly(events, async (some) => {
    await sql`savepoint ingest`.execute(tx);
    try {
      return await ingestAll(tx, some, options);
    } catch (error) {
      if (error instanceof CostlyEventsError) await sql`rollback to savepoint ingest`.execute(tx);
      throw error;
    }
  });
  return inOrder(events, others, ingested);
}

/** Ingests the events that do not cost too much to decide on. */
async function withoutCostly<T>(
  events: readonly IncomingEvent[],
  ingest: (events: readonly IncomingEvent[]) => Promise<T>,
): Promise<{ others: readonly IncomingEvent[]; ingested: T }> {
  const costly = new Set<IncomingEvent>();
  for (;;) {
    const others = events.filter((event) => !costly.has(event));
    try {
      return { others, ingested: await ingest(others) };
    } catch (error) {
      if (!(error instanceof CostlyEventsError)) throw error;
      for (const event of error.events) costly.add(event);
    }
  }
}

/** What was ingested, and a refusal of each of the rest, in the order of the events. */
function inOrder(
  events: readonly IncomingEvent[],
  others: readonly IncomingEvent[],
  ingested: readonly IngestResult[],
): IngestResult[] {
  const resultOf = new Map(others.map((event, index) => [event, ingested[index]]));
  return events.map((event) => resultOf.get(event) ?? TOO_COSTLY);
}

async function ingestAll(
  tx: Tx,
  events: readonly IncomingEvent[],
  options: IngestOptions,
  store: typeof storeEvents = storeEvents,
): Promise<IngestResult[]> {
  const { now, priorityDefaults } = options;
  const { surroundings, stores, resolved, stored, families } = await store(tx, events, now);
  const { open, assistantsOf } = surroundings;
  const fresh = stored.filter(({ duplicate }) => !duplicate);
  const storeOf = await storesOf(tx, fresh, stores, families);
  const parents = await parentStatuses(tx, fresh);
  const matches = await matchAssistants(tx, fresh, storeOf, families, assistantsOf);
  const drafts = matches.map(({ stored: event, assistant }) => {
    const parent = parents.get(event.event.parentExecutionId ?? '');
    const storeId = storeOf(event)?.id ?? null;
    return draft(event, storeId, assistant, firstStatus(open, assistant, parent), now, priorityDefaults);
  });
  const batchOf = queueBatches(drafts.filter(isPending));
  const inserting = insertExecutions(
    tx,
    drafts.map((execution) => ({ ...execution, queue_batch: batchOf.get(execution.id) ?? null })),
  );
  const [created, modules] = await allOver([inserting, seeModules(tx, drafts.filter(isPending))]);

  const earlier = await executionsOf(
    tx,
    stored.filter(({ duplicate }) => duplicate).map(({ id }) => id),
  );
  const byEvent = Map.groupBy(created, (execution) => execution.event_id ?? '');
  const byInput = new Map(stored.map((event) => [event.event, event]));
  return resolved.map((result) => {
    if (!('projectId' in result)) return result;
    const event = byInput.get(result.event);
    if (event === undefined) return TOO_DEEP;
    const mine = byEvent.get(event.id) ?? [];
    const executions = event.duplicate ? (earlier.get(event.id) ?? mine) : mine;
    const family = families.get(familyKey(event.event.organizationId, event.event.documentFamilyId ?? ''));
    if (!event.duplicate) {
      tx.after.enqueue.push(
        ...mine.filter(isPending).map((execution) => ({ ...executionJob(execution, family), modules })),
      );
    }
    return { ok: true, eventId: event.id, duplicate: event.duplicate, executions: executions.map(summary) };
  });
}

/** For the planner, which need not ask for them if it is there soon. */
async function seeModules(tx: Tx, executions: readonly NewExecution[]): Promise<SeenModules> {
  const referring = new Map(executions.map(({ pipeline, organization_id }) => [pipeline, organization_id]));
  const jobs = [...referring].map(([{ steps }, organizationId]) => ({ organizationId, steps }));
  const at = Date.now();
  return { at, found: [...(await findModules(tx, modulesWanted(jobs)))] };
}

const TOO_DEEP: IngestResult = {
  ok: false,
  code: 'CAUSE_TOO_DEEP',
  field: null,
  message: `An execution caused this event, and it is the end of a chain of more than ${LIMITS.causeDepth} causes.`,
};

const TOO_COSTLY: IngestResult = {
  ok: false,
  code: 'SUBSCRIPTIONS_TOO_COSTLY',
  field: null,
  message: 'The subscriptions of the project look at too much of this event and its document.',
};

/** Children of an execution that is being or has been cancelled are born CANCELLED. */
function firstStatus(open: boolean, assistant: AssistantRow, parent: ExecutionStatus | undefined): ExecutionStatus {
  if (parent === 'CANCELLING' || parent === 'CANCELLED') return 'CANCELLED';
  return open && isUnlimited(assistant) ? 'PENDING' : 'REQUESTED';
}

function draft(
  { event, id }: StoredEvent,
  storeId: string | null,
  assistant: AssistantRow,
  status: ExecutionStatus,
  now: Date,
  priorityDefaults: IngestOptions['priorityDefaults'],
): NewExecution {
  // Of a tick its schedule says whether it runs beside the last one.
  const wanted = assistant.deduplication === 'in-flight' || event.scheduleSlot !== null;
  const deduplicated = status !== 'CANCELLED' && wanted;
  return newExecution(
    {
      ...fromAssistant(assistant),
      now,
      status,
      priority: resolvePriority(event.priority, assistant.priority_hint, event.eventType, priorityDefaults),
      pipeline: pipelineOf(assistant),
      context: contextOf(event, assistant),
    },
    {
      ...fromAssistant(assistant),
      event_id: id,
      document_family_id: event.documentFamilyId,
      parent_execution_id: event.parentExecutionId,
      cause_depth: event.causeDepth,
      traceparent: event.traceparent,
      dedup_key: deduplicated ? dedupKey(event.eventType, { ...event, storeId }, event.deduplicationKey) : null,
      releases_key_when_running: eventTypeRow(event.eventType).releasesKeyWhenRunning,
    },
  );
}

/** Locked against being cancelled meanwhile: a cancel waits for us and then finds the child. */
async function parentStatuses(tx: Tx, events: readonly StoredEvent[]): Promise<Map<string, ExecutionStatus>> {
  const ids = [...new Set(events.flatMap(({ event }) => event.parentExecutionId ?? []))].sort();
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectFrom('executions')
    .select(['id', 'status'])
    .where('id', 'in', ids)
    .orderBy('id')
    .forShare()
    .execute();
  return new Map(rows.map((row) => [row.id, statusFromValue(row.status)]));
}

type Summarized = Pick<NewExecution, 'id' | 'assistant_id' | 'status' | 'priority' | 'duplicate_of'>;

async function executionsOf(tx: Tx, eventIds: readonly string[]): Promise<Map<string, Summarized[]>> {
  if (eventIds.length === 0) return new Map();
  const rows = await tx
    .selectFrom('executions')
    .select(['id', 'event_id', 'assistant_id', 'status', 'priority', 'duplicate_of'])
    .where('event_id', 'in', eventIds)
    .orderBy('id')
    .execute();
  return Map.groupBy(rows, (row) => row.event_id ?? '');
}

function summary(execution: Summarized): IngestedExecution {
  return {
    id: execution.id,
    assistantId: execution.assistant_id,
    status: statusFromValue(execution.status),
    priority: execution.priority,
    duplicateOf: execution.duplicate_of,
  };
}

const [PENDING] = statusValues(['PENDING']);

function isPending(execution: NewExecution): boolean {
  return execution.status === PENDING;
}
