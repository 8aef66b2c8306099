import { parseSort, SORT_KEYS_LIMIT, type SortKey } from '@gantry/domain/sort/parse-sort';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../connection/database.ts';
import { compileSort, withId } from './compile-sort.ts';
import { executionFields } from './execution-fields.ts';
import { sortableFields } from './field-table.ts';
import { databaseOf, type RandomExecution, randomExecutions, UUIDS } from './test/random-executions.ts';
import { compare, FIELDS } from './test/random-fields.ts';

const seed = Date.now() % 2 ** 31;
const executions = randomExecutions(200, seed);
const names = sortableFields(executionFields);
// Microseconds count in a sort and are none of the language's business: dates are sorted by what the record holds.
const DATES: Readonly<Record<string, string>> = {
  createdOn: 'created_at',
  updatedOn: 'updated_at',
  startDate: 'started_at',
  endDate: 'finished_at',
};
let db: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ db, close } = await databaseOf(executions));
});
afterAll(() => close());

function query(...params: string[]) {
  return db
    .selectFrom('executions')
    .select('id')
    .orderBy(compileSort(withId(parseSort(params, names), executionFields), executionFields));
}

function sortedValue(execution: RandomExecution, name: string): string | number | undefined {
  const column = DATES[name];
  const value = column ? execution.row[column] : FIELDS.find((field) => field.name === name)?.values(execution)[0];
  return typeof value === 'boolean' ? Number(value) : typeof value === 'object' ? undefined : value;
}

function inOrder(a: RandomExecution, b: RandomExecution, { field, direction }: SortKey): number {
  const [left, right] = [sortedValue(a, field), sortedValue(b, field)];
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
  return direction === 'asc' ? compare(left, right) : compare(right, left);
}

test('everything with one value a row can be sorted by', () => {
  const many = ['context', 'parameters', 'pipeline.ref', 'steps.ref', 'steps.status'];
  expect(names).toEqual(Object.keys(executionFields).filter((name) => !many.includes(name)));
});

test('what many rows share is ordered by age within, and everything by id at last', () => {
  expect(withId(parseSort(['priority', 'status,desc'], names), executionFields).slice(2)).toEqual([
    { field: 'createdOn', direction: 'desc' },
    { field: 'id', direction: 'desc' },
  ]);
  expect(withId([], executionFields)).toEqual([{ field: 'id', direction: 'asc' }]);
});

test(`rows come by key after key, nulls last (seed ${seed})`, async () => {
  const key = fc.record({
    field: fc.constantFrom(...names),
    direction: fc.constantFrom('asc' as const, 'desc' as const),
  });
  const property = fc.asyncProperty(fc.array(key, { maxLength: SORT_KEYS_LIMIT }), async (keys) => {
    const expected = executions.toSorted((a, b) => {
      for (const key of withId(keys, executionFields)) {
        const order = inOrder(a, b, key);
        if (order !== 0) return order;
      }
      return 0;
    });
    const rows = await query(...keys.map(({ field, direction }) => `${field},${direction}`)).execute();
    expect(rows.map((row) => row.id)).toEqual(expected.map(({ row }) => row.id));
  });
  await fc.assert(property, { seed, numRuns: 200 });
});

test('the newest of an assistant are read from an index, unsorted', async () => {
  const plan = await db.transaction().execute(async (tx) => {
    await sql`set local enable_seqscan = off`.execute(tx);
    await sql`set local enable_bitmapscan = off`.execute(tx);
    const newest = query('createdOn,desc')
      .where('assistant_id', '=', UUIDS[0] ?? '')
      .limit(20);
    return sql<{ 'QUERY PLAN': string }>`explain ${newest}`.execute(tx);
  });
  const text = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(text).toContain('executions_of_assistant');
  expect(text).not.toContain('Sort');
});
