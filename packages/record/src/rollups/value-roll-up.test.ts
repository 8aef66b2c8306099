import { readFile } from 'node:fs/promises';
import { parseFilter } from '@gantry/domain/filter/parse-filter';
import type { Json } from '@gantry/domain/json';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteExecution } from '../executions/delete-execution.ts';
import { listExecutions } from '../executions/list-executions.ts';
import { executionFields } from '../filter/execution-fields.ts';
import { type Place, RecordFixture } from '../test/record-fixture.ts';
import { rebuildRollups } from './rebuild-rollups.ts';
import { sumUpDeltas } from './sum-up-deltas.ts';

let fixture: RecordFixture;
beforeAll(async () => {
  fixture = await RecordFixture.open();
});
afterAll(() => fixture.close());

const LONG = 'L'.repeat(64);
const LONGER = `${LONG}X`;

/** What `context` and `pipeline` may say, and what could be taken for it. */
const EXECUTIONS: [context: Json, refs: string[]][] = [
  [{ eventType: 'CONTENT_CREATED', storeId: 's1' }, ['a/one', 'a/two', 'a/one']],
  [{ eventType: 'CONTENT_CREATED', storeId: 's2' }, ['a/one']],
  [{ eventType: 'CONTENT_CREATED', storeId: 5 }, ['a/two']],
  [{ eventType: 'TASK_CREATED', storeId: null }, []],
  [{ eventType: ['CONTENT_CREATED'], storeId: '5' }, [LONG]],
  [{ eventType: { CONTENT_CREATED: 's1' }, storeId: '' }, [LONGER]],
  [{ eventType: LONG, storeId: LONGER }, ['CONTENT_CREATED']],
  [{}, ['s1']],
  [{}, ['module://b/one', 'b/two', 'b/one', 'module://b/one']],
  [{}, ['module://b/one']],
  [{}, ['b/one', 'module://b/two:1']],
];

const FILTERS = [
  ...[
    "context.eventType eq 'CONTENT_CREATED'",
    "context.eventType ne 'CONTENT_CREATED'",
    "context.eventType eq 'NONE'",
  ],
  ...[
    "context.eventType in ('CONTENT_CREATED', 'TASK_CREATED', 'TASK_CREATED')",
    "context.eventType not in ('TASK_CREATED')",
  ],
  ...[`context.eventType eq '${LONG}'`, 'context.eventType is null', "context.eventType like '*_CREATED'"],
  ...[
    "context.storeId eq 's1'",
    'context.storeId eq 5',
    "context.storeId eq '5'",
    "context.storeId eq ''",
    'context.storeId ne 5',
  ],
  ...[`context.storeId eq '${LONGER}'`, `context.storeId ne '${LONGER}'`, 'context.storeId in (5, s1)'],
  ...[
    "pipeline.ref eq 'a/one'",
    "steps.ref ne 'a/one'",
    "steps.ref in ('a/one', 'a/two')",
    "steps.ref not in ('a/one', 'a/two')",
  ],
  ...[`pipeline.ref eq '${LONG}'`, `pipeline.ref eq '${LONGER}'`, "pipeline.ref eq 's1'"],
  ...[
    "steps.ref eq 'module://b/one'",
    "steps.ref ne 'b/one'",
    "steps.ref in ('b/one', 'module://b/one')",
    "steps.ref eq 'b/two'",
  ],
  ...[
    "context.eventType eq 'CONTENT_CREATED' and status eq 'SUCCEEDED'",
    "not (context.storeId eq 's1' or status eq 'FAILED')",
  ],
  ...["context.eventType eq 'CONTENT_CREATED' and pipeline.ref eq 'a/one'"],
];

async function insert({ organizationId }: Place): Promise<void> {
  const rows = EXECUTIONS.map(([context, refs], n) => ({
    context,
    pipeline: { steps: refs.map((ref) => ({ ref })) },
    status: n % 2 === 0 ? 2 : 3,
  }));
  await sql`
    insert into executions (id, organization_id, status, priority, context, pipeline)
    select gen_random_uuid(), ${organizationId}, status, 5, context, pipeline
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(context jsonb, pipeline jsonb, status int)`.execute(
    fixture.db,
  );
}

async function list({ organizationId }: Place, filter: string) {
  const { views, page } = await listExecutions(
    fixture.db,
    { organizationId },
    {
      ...{ page: 0, pageSize: 100, sort: [], search: undefined, cursor: undefined },
      filter: parseFilter([filter], executionFields),
    },
  );
  return { ids: views.map(({ row }) => row.id), total: page.total };
}

async function expectTotals(place: Place): Promise<void> {
  for (const filter of FILTERS) {
    const { ids, total } = await list(place, filter);
    expect(total, filter).toBe(ids.length);
  }
}

test('the total of a list by a value is the number of its rows, whatever was added, deleted and summed up', async () => {
  const [place, other] = [await fixture.newPlace(), await fixture.newPlace()];
  for (const each of [place, other]) await insert(each);
  expect((await list(place, "context.eventType eq 'CONTENT_CREATED'")).total).toBe(3);
  expect((await list(place, "pipeline.ref eq 'a/one'")).total).toBe(2);
  for (const ref of ['b/one', 'module://b/one'])
    expect(await list(place, `steps.ref eq '${ref}'`)).toMatchObject({ ids: { length: 3 }, total: 3 });
  await expectTotals(place);
  await fixture.inTransaction((tx) => sumUpDeltas(tx, 10_000));
  await expectTotals(place);

  await insert(place);
  const { ids } = await list(place, "pipeline.ref eq 'a/one'");
  const { result } = await deleteExecution(fixture.db, { organizationId: place.organizationId, id: ids[0] ?? '' });
  expect(result).toBe('deleted');
  expect((await list(place, "pipeline.ref eq 'a/one'")).total).toBe(3);
  await expectTotals(place);
});

test('numbers of values that are wrong are right after counting anew', async () => {
  const place = await fixture.newPlace();
  await insert(place);
  await fixture.inTransaction((tx) => sumUpDeltas(tx, 10_000));
  const { organizationId } = place;
  await sql`update execution_value_counts set count = count + 7 where organization_id = ${organizationId}`.execute(
    fixture.db,
  );
  await sql`delete from execution_value_counts where organization_id = ${organizationId} and field = 'pipeline.ref'`.execute(
    fixture.db,
  );
  expect((await list(place, "context.eventType eq 'CONTENT_CREATED'")).total).toBe(10);
  expect((await rebuildRollups(fixture.db, organizationId)).executions).toBeGreaterThan(0);
  await expectTotals(place);
  expect(await rebuildRollups(fixture.db, organizationId)).toEqual({ executions: 0, durations: 0 });
});

test('executions from before there were numbers of values are counted by an upgrade, once', async () => {
  const place = await fixture.newPlace();
  await insert(place);
  await sql`truncate execution_value_counts, execution_value_count_deltas`.execute(fixture.db);
  await insert(place);
  const migration = new URL('../schema/migrations/0314-values-counted-once.sql', import.meta.url);
  for (let run = 0; run < 2; run += 1) {
    await sql.raw(await readFile(migration, 'utf8')).execute(fixture.db);
    expect((await list(place, "context.eventType eq 'CONTENT_CREATED'")).total).toBe(6);
    await expectTotals(place);
  }
});

test('executions from before refs were the same in both spellings are counted by an upgrade, once', async () => {
  const place = await fixture.newPlace();
  await insert(place);
  await sql`delete from execution_value_count_deltas where field = 'pipeline.ref in both spellings'`.execute(
    fixture.db,
  );
  expect((await list(place, "steps.ref eq 'b/one'")).total).toBe(4);
  const migration = new URL('../schema/migrations/0316-refs-in-both-spellings-counted-once.sql', import.meta.url);
  for (let run = 0; run < 2; run += 1) {
    await sql.raw(await readFile(migration, 'utf8')).execute(fixture.db);
    expect((await list(place, "steps.ref eq 'b/one'")).total).toBe(3);
    await expectTotals(place);
  }
});
