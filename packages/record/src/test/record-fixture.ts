import type { AfterCommit, Committed } from '@gantry/contracts/after-commit';
import type { AssistantFields } from '@gantry/contracts/http/assistant';
import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import type { Fact } from '@gantry/domain/fact';
import type { StepDefinition } from '@gantry/domain/pipeline';
import { type ExecutionStatus, isFinished, statusFromValue, statusValue } from '@gantry/domain/status';
import { freshDatabase } from '@gantry/testkit/fresh-database';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { createAssistant } from '../assistants/create-assistant.ts';
import { type Database, jsonb, openDatabase, type Tx } from '../connection/database.ts';
import { transaction } from '../connection/transaction.ts';
import { type IngestOptions, ingestEvents } from '../events/ingest-events.ts';
import type { IngestResult } from '../events/ingest-result.ts';
import type { AssistantRow } from '../events/look-around.ts';
import { type FoldResult, foldFacts } from '../fold/fold-facts.ts';
import { ensureOrganization } from '../organizations/ensure-organization.ts';
import { createProject } from '../projects/create-project.ts';
import { migrate } from '../schema/migrate.ts';
import type { Row } from '../schema/tables.ts';
import { countWaits } from './count-waits.ts';

export const STEPS: StepDefinition[] = [{ ref: 'gantry/noop' }];

/** A migrated database of its own for a test file. Tests use an organization each, so that they do not meet. */
export class RecordFixture {
  readonly db: Database;
  readonly #drop: () => Promise<void>;
  #others: Database[] = [];
  readonly #closing: (() => void)[] = [];
  #url: string;

  private constructor(db: Database, url: string, drop: () => Promise<void>) {
    this.db = db;
    this.#url = url;
    this.#drop = drop;
  }

  static async open(): Promise<RecordFixture> {
    const { url, drop } = await freshDatabase();
    const db = connect(url, 8);
    await migrate(db);
    return new RecordFixture(db, url, drop);
  }

  /** Connections of their own: another process. */
  anotherPool(poolSize = 1): Database {
    const db = connect(this.#url, poolSize);
    this.#others.push(db);
    return db;
  }

  /** A connection of its own, and how often it waited for Postgres since that was asked last. */
  async countedConnection(): Promise<{ db: Database; takeWaits: () => number }> {
    const { url, take, close } = await countWaits(this.#url);
    const db = connect(url, 1);
    this.#others.push(db);
    this.#closing.push(close);
    return { db, takeWaits: take };
  }

  async close(): Promise<void> {
    await Promise.all([this.db, ...this.#others].map((db) => db.destroy()));
    for (const close of this.#closing) close();
    await this.#drop();
  }

  /** An organization with one project. */
  async newPlace(): Promise<Place> {
    const organization = await ensureOrganization(this.db, { slug: uuidv7(), name: 'Acme' });
    return new Place(this.db, organization.id, await newProject(this.db, organization.id));
  }

  /** What the work gives back. */
  async inTransaction<T>(work: (tx: Tx) => Promise<T>, db = this.db): Promise<T> {
    return (await transaction(db, work)).result;
  }

  /** The same, and what is to be done after it. */
  async committed<T>(work: (tx: Tx) => Promise<T>): Promise<AfterCommit & { result: T }> {
    const { result, after } = await transaction(this.db, work);
    return { ...after, result };
  }

  /** Resolves once so many transactions wait for locks that others hold. */
  async untilSomebodyWaits(count = 1): Promise<void> {
    await waitFor(async () => {
      const { rows } = await sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(this.db);
      return rows.length >= count;
    });
  }

  /** How often Postgres had to break a circle of waiting transactions. Ends the connections, whose counts come late. */
  async deadlocks(): Promise<number> {
    await Promise.all([this.db, ...this.#others].map((db) => db.destroy()));
    this.#others = [this.anotherPool()];
    const { rows } = await sql<{ deadlocks: number }>`
      select deadlocks from pg_stat_database where datname = current_database()`.execute(this.#others[0] ?? this.db);
    return rows[0]?.deadlocks ?? 0;
  }

  /** One batch of the journal, as the recorder folds it, and what is to be done after it. */
  async fold(
    facts: readonly Fact[],
    options: Partial<IngestOptions> = {},
    db = this.db,
  ): Promise<FoldResult & AfterCommit> {
    const all = { now: new Date(), priorityDefaults: {}, ...options };
    const { result, after } = await transaction(db, (tx) => foldFacts(tx, facts, all));
    return { ...result, ...after };
  }

  execution(id: string): Promise<Row<'executions'>> {
    return this.db.selectFrom('executions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  }

  async status(id: string): Promise<ExecutionStatus> {
    return statusFromValue((await this.execution(id)).status);
  }

  steps(executionId: string): Promise<Row<'execution_steps'>[]> {
    return this.db
      .selectFrom('execution_steps')
      .selectAll()
      .where('execution_id', '=', executionId)
      .orderBy('ordinal')
      .execute();
  }
}

function connect(url: string, poolSize: number): Database {
  return openDatabase({ url, poolSize, name: 'record-test', onIdleError: () => undefined });
}

/** Where a test's things live. */
export class Place {
  readonly organizationId: string;
  readonly projectId: string;
  readonly #db: Database;

  constructor(db: Database, organizationId: string, projectId: string) {
    this.#db = db;
    this.organizationId = organizationId;
    this.projectId = projectId;
  }

  newProject(): Promise<string> {
    return newProject(this.#db, this.organizationId);
  }

  /** One that hears every event of the project and has a pipeline of one step, unless `fields` say otherwise. */
  async assistant(fields: AssistantFields = {}, projectId = this.projectId): Promise<AssistantRow> {
    const { organizationId } = this;
    const options = { pipeline: { steps: STEPS }, ...fields.options };
    const all = { slug: uuidv7(), ...fields, name: 'Assistant', options };
    return made(await createAssistant(this.#db, { organizationId, projectId, fields: all, now: new Date() }));
  }

  /** One about a document family of its own, unless `fields` say otherwise. */
  event(fields: Partial<IncomingEvent> = {}): IncomingEvent {
    return {
      organizationId: this.organizationId,
      externalId: null,
      source: 'api',
      eventType: 'DOCUMENT_FAMILY_CREATED',
      projectId: this.projectId,
      priority: null,
      deduplicationKey: null,
      storeId: null,
      documentFamilyId: uuidv7(),
      contentObjectId: null,
      channelId: null,
      messageId: null,
      taskId: null,
      scheduleSlot: null,
      documentFamily: null,
      data: {},
      parentExecutionId: null,
      causeDepth: 0,
      traceparent: null,
      assistantId: null,
      ...fields,
    };
  }

  async ingest(events: readonly IncomingEvent[], options: Partial<IngestOptions> = {}): Promise<IngestResult[]> {
    return (await this.ingested(events, options)).result;
  }

  /** The same, and what is to be done after it. */
  ingested(events: readonly IncomingEvent[], options: Partial<IngestOptions> = {}): Promise<Committed<IngestResult[]>> {
    return ingestEvents(this.#db, events, { now: new Date(), priorityDefaults: {}, ...options });
  }

  /** Inserts an execution as it would stand in that status. The id is as old as `created_at` says. */
  async execution(status: ExecutionStatus, fields: Partial<Row<'executions'>> = {}): Promise<string> {
    const createdAt = fields.created_at ?? new Date();
    const id = fields.created_at ? uuidv7({ msecs: createdAt.getTime() }) : uuidv7();
    const planned = status === 'RUNNING' || status === 'CANCELLING';
    const { pipeline = { id: uuidv7(), steps: STEPS }, ...rest } = fields;
    await this.#db
      .insertInto('executions')
      .values({
        id,
        organization_id: this.organizationId,
        project_id: this.projectId,
        status: statusValue(status),
        previous_status: status === 'PENDING_REPROCESSING' ? statusValue('FAILED') : null,
        priority: 5,
        epoch: planned ? 1 : 0,
        slices: jsonb(planned ? [slice(pipeline.steps.length, createdAt)] : []),
        started_at: planned ? createdAt : null,
        finished_at: isFinished(status) ? createdAt : null,
        created_at: createdAt,
        updated_at: createdAt,
        pipeline: jsonb(pipeline),
        ...rest,
      })
      .execute();
    return id;
  }
}

async function newProject(db: Database, organizationId: string): Promise<string> {
  return made(await createProject(db, { organizationId, name: 'Project', slug: uuidv7(), description: null })).id;
}

function slice(stepCount: number, at: Date) {
  const times = { queuedAt: at.getTime(), leasedAt: null, startedAt: null, finishedAt: null };
  return { runtime: 'gantry/default', firstStep: 0, stepCount, attempt: 0, seq: -1, workerId: null, ...times };
}

function made<T>(row: T | undefined): T {
  if (row === undefined) throw new Error('the name was taken');
  return row;
}

/** The executions of an event that was accepted. */
export function accepted(result: IngestResult | undefined): Extract<IngestResult, { ok: true }> {
  if (!result?.ok) throw new Error(`refused: ${JSON.stringify(result)}`);
  return result;
}
