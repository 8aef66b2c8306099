import { FILTER_LIMITS, parseFilter } from '@gantry/domain/filter/parse-filter';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../connection/database.ts';
import { compileFilter } from './compile-filter.ts';
import { executionFields } from './execution-fields.ts';
import { databaseOf, randomExecutions, UUIDS } from './test/random-executions.ts';
import { randomFilter } from './test/random-filters.ts';

const seed = Date.now() % 2 ** 31;
const executions = randomExecutions(200, seed);
let db: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ db, close } = await databaseOf(executions));
});
afterAll(() => close());

function query(...filters: string[]) {
  const filter = parseFilter(filters, executionFields);
  if (!filter) throw new Error('no filter');
  return db.selectFrom('executions').select('id').where(compileFilter(filter, executionFields));
}

async function select(...filters: string[]): Promise<string[]> {
  return (await query(...filters).execute()).map((row) => row.id).sort();
}

test(`a random filter, however spelled, selects what its meaning says (seed ${seed})`, async () => {
  let discerning = 0;
  const property = fc.asyncProperty(randomFilter, async ({ text, holds }) => {
    const expected = executions.filter(holds).map(({ row }) => row.id);
    if (expected.length > 0 && expected.length < executions.length) discerning += 1;
    expect(await select(text), text).toEqual(expected.sort());
  });
  await fc.assert(property, { seed, numRuns: 1_000 });
  expect(discerning).toBeGreaterThan(300);
});

test('several parameters select what all of them do', async () => {
  const both = await select('priority ge 1', "status:FAILED or status in ('PENDING', 2)");
  expect(both).toEqual(await select("priority >= 1 and (status==FAILED,status=in=(PENDING,'SUCCEEDED'))"));
  expect(both.length).toBeGreaterThan(0);
});

describe('what Postgres gets', () => {
  test.each([
    ["description eq 'x'", "description eq '''; drop table executions; --'"],
    ["description like 'x*'", `description like '%_''"*'`],
    ["context.a in ('x', 'y')", "context.a--.$1 in ('x', '''y')"],
    ['context.a gt 5', 'context.{}$1 gt 1e300'],
    [`id eq '${UUIDS[0]}'`, `id eq '${UUIDS[1]}'`],
  ])('one statement for %s and for %s: what a client writes is parameters', (plain, hostile) => {
    const [one, other] = [query(plain).compile(), query(hostile).compile()];
    expect(one.sql).toBe(other.sql);
    expect(one.parameters).not.toEqual(other.parameters);
  });

  test('the largest filters of every shape run', async () => {
    const { characters, depth, terms } = FILTER_LIMITS;
    const largest = [
      Array(terms).fill('context.a:x').join(','),
      Array(terms).fill('!steps.ref:x').join(' ;').slice(0, characters),
      `${'!('.repeat(depth / 2)}priority:1${')'.repeat(depth / 2)}`,
      `priority in (${Array(1_900).fill('1').join()})`,
      `createdOn in (${Array(300).fill('2025-01-31').join()})`,
      `context.${'a.'.repeat(1_900)}a:1`,
      `description like '${'a*'.repeat(terms - 1)}'`,
      `description like '${'*'.repeat(terms - 1)}x'`,
    ];
    for (const filter of largest) await expect(select(filter), filter.slice(0, 40)).resolves.toBeInstanceOf(Array);
  });

  test.each([
    'priority eq 1e300',
    'priority in (1.5, 99999999999, 123456789012345678901234567890)',
    'changeSequence lt -1e-300',
    "createdOn lte '9999-12-31T23:59:59.999Z'",
    "createdOn gt '0001-01-01'",
    'context.list.99999999999999999999 is null',
    'context.a gt -1e308',
  ])('numbers and dates at the edge are no error: %s', async (filter) => {
    await expect(select(filter)).resolves.toBeInstanceOf(Array);
  });

  test.each([
    [
      `assistantId eq '${UUIDS[0]}' and createdOn gt '2025-01-31' and not priority eq 7`,
      /assistant_id = .*created_at >= /,
    ],
    [`eventId eq '${UUIDS[0]}' and priority ge 5`, /event_id = /],
  ])('conditions on a column are served by its index: %s', async (filter, condition) => {
    const plan = await db.transaction().execute(async (tx) => {
      await sql`set local enable_seqscan = off`.execute(tx);
      await sql`set local enable_bitmapscan = off`.execute(tx);
      return sql<{ 'QUERY PLAN': string }>`explain ${query(filter)}`.execute(tx);
    });
    expect(plan.rows.map((row) => row['QUERY PLAN']).find((line) => line.includes('Index Cond'))).toMatch(condition);
  });
});
