import type { Json, JsonObject } from '@gantry/domain/json';
import { type ExecutionStatus, isFinished, statusFromValue } from '@gantry/domain/status';
import { STEP_STATUSES } from '@gantry/domain/step-status';
import { freshDatabase } from '@gantry/testkit/fresh-database';
import fc from 'fast-check';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../connection/database.ts';
import { migrate } from '../../schema/migrate.ts';

/** One execution as the record keeps it, and its steps. */
export interface RandomExecution {
  readonly row: JsonObject & { id: string };
  readonly steps: readonly { ref: string; status: number }[];
}

const uuid = (n: number) => `0198c0de-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

// Few values, so that random filters meet them, and the ones that SQL, LIKE, JSON or a quoting could get wrong.
export const TEXTS = [
  '',
  'a',
  'A',
  'ab',
  'a%b',
  'a_b',
  'a\\b',
  "it's",
  'say "so"',
  '\\',
  '*',
  'null',
  '5',
  'true',
].concat([
  'a) or (b',
  'x;y,z',
  'Ünï',
  '\ue000',
  '😀',
  'inv-001.PDF',
  'module://org/slug:1.0',
  'org/slug:1.0',
  "'; drop table executions; --",
]);
export const UUIDS = [1, 2, 0xab, 0xffff].map(uuid);
export const NUMBERS = [-1, 0, 1, 2.5, 10, 99_999, 2 ** 40];
const STATUSES = [0, 1, 2, 3, 5, 7];
const NOON = Date.parse('2025-01-31T12:00:00.000Z');
export const INSTANTS = [0, 1, 2, 999, 3_600_000, 86_400_000].map((ms) => NOON + ms);

const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values);
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 3 });
const integer = oneOf(NUMBERS.filter((number) => Number.isInteger(number) && number < 2 ** 31));
/** With the microseconds that `now()` has and the wire does not show. */
const instant = fc
  .tuple(oneOf(INSTANTS), oneOf(['000', '001', '999']))
  .map(([ms, micros]) => new Date(ms).toISOString().replace('Z', `${micros}Z`));

const json: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: oneOf(TEXTS) },
  { weight: 3, arbitrary: oneOf(NUMBERS) },
  { weight: 2, arbitrary: fc.boolean() },
  fc.constantFrom<Json>(null, [], {}, ['a'], { c: 1 }),
);
const jsonObject = fc.record(
  { a: json, b: fc.oneof(fc.record({ c: json }), json), list: fc.array(json, { maxLength: 3 }), 'my-key': json },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>;

const step = fc.record({ ref: oneOf(TEXTS), status: oneOf(STATUSES) });

const execution: fc.Arbitrary<Omit<RandomExecution, 'row'> & { row: JsonObject }> = fc.record({
  row: fc.record({
    organization_id: oneOf(UUIDS),
    project_id: orNull(oneOf(UUIDS)),
    assistant_id: orNull(oneOf(UUIDS)),
    document_family_id: orNull(oneOf(TEXTS)),
    parent_execution_id: orNull(oneOf(UUIDS)),
    event_id: orNull(oneOf(UUIDS)),
    reprocess_of: orNull(oneOf(UUIDS)),
    duplicate_of: orNull(oneOf(UUIDS)),
    status: fc.integer({ min: 0, max: 9 }),
    priority: integer,
    description: orNull(oneOf(TEXTS)),
    created_at: instant,
    updated_at: instant,
    started_at: orNull(instant),
    finished_at: orNull(instant),
    processing_time_ms: orNull(integer),
    logging_enabled: fc.boolean(),
    delete_logging_on_success: fc.boolean(),
    change_sequence: oneOf(NUMBERS.filter(Number.isInteger)),
    targets: orNull(oneOf(TEXTS)),
    session: orNull(oneOf(TEXTS)),
    context: jsonObject,
    parameters: jsonObject,
    pipeline: fc.record({ steps: fc.array(fc.record({ ref: oneOf(TEXTS) }), { maxLength: 3 }) }, { requiredKeys: [] }),
  }) as fc.Arbitrary<JsonObject>,
  steps: fc.array(step, { maxLength: 3 }),
});

/** The same executions for the same seed. */
export function randomExecutions(count: number, seed: number): RandomExecution[] {
  return fc.sample(execution, { numRuns: count, seed }).map(({ row, steps: drawn }, index) => {
    const execution = statusOf(row);
    const steps = drawn.map(({ ref, status }) => ({ ref, status: stepStatusIn(execution, status) }));
    const failed = steps.findIndex(({ status }) => status === STEP_STATUSES.FAILED);
    return {
      row: {
        ...row,
        pipeline: withSteps(execution === 'SUCCEEDED' ? {} : row['pipeline'], steps),
        id: UUIDS[index] ?? uuid(0x10_0000 + index),
        failed_step: failed === -1 ? null : failed,
      },
      steps,
    };
  });
}

export function statusOf(row: JsonObject): ExecutionStatus {
  return statusFromValue(Number(row['status']));
}

/** All steps of an execution that succeeds have ended well, and none of a finished one waits. */
function stepStatusIn(execution: ExecutionStatus, drawn: number): number {
  if (execution === 'SUCCEEDED') return drawn === STEP_STATUSES.SKIPPED ? drawn : STEP_STATUSES.SUCCEEDED;
  return isFinished(execution) && drawn === STEP_STATUSES.PENDING ? STEP_STATUSES.CANCELLED : drawn;
}

/** Steps are the first of the pipeline, whatever else it has: of the rest nothing was written. */
function withSteps(pipeline: Json | undefined, steps: RandomExecution['steps']): JsonObject {
  const { steps: untouched = [], ...rest } = pipeline as { steps?: Json[] };
  const all = [...steps.map(({ ref }) => ({ ref })), ...untouched];
  return all.length > 0 ? { ...rest, steps: all } : rest;
}

/** A migrated database that holds them, whose close() drops it. */
export async function databaseOf(
  executions: readonly RandomExecution[],
): Promise<{ db: Database; close(): Promise<void> }> {
  const { url, drop } = await freshDatabase();
  const db = openDatabase({ url, poolSize: 1, name: 'filter-test', onIdleError: () => undefined });
  await migrate(db);
  // The locale of a database must not matter: here is a column of another one.
  await sql`alter table executions alter column targets type text collate "und-x-icu"`.execute(db);
  await insertExecutions(db, executions);
  return {
    db,
    async close() {
      await db.destroy();
      await drop();
    },
  };
}

async function insertExecutions(db: Database, executions: readonly RandomExecution[]): Promise<void> {
  const rows = executions.map((execution) => execution.row);
  const steps = executions.flatMap(({ row, steps }) =>
    steps.map((step, ordinal) => ({ ...step, ordinal, attempt: 1, execution_id: row.id })),
  );
  await db.transaction().execute(async (tx) => {
    // Random ids refer to no assistants and projects.
    await sql`set local session_replication_role = replica`.execute(tx);
    for (const [table, records] of Object.entries({ executions: rows, execution_steps: steps })) {
      const columns = sql.join(Object.keys(records[0] ?? {}).map((name) => sql.ref(name)));
      await sql`insert into ${sql.table(table)} (${columns}) select ${columns}
        from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(records)}::jsonb)`.execute(tx);
    }
  });
}
