import { parseFilter } from '@gantry/domain/filter/parse-filter';
import { parseSort } from '@gantry/domain/sort/parse-sort';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from './database.ts';
import { familyFields } from './families/family-fields.ts';
import { compileAfter } from './filter/compile-after.ts';
import { compileFilter } from './filter/compile-filter.ts';
import { compileSort, withId } from './filter/compile-sort.ts';
import { executionFields } from './filter/execution-fields.ts';
import { sortableFields } from './filter/field-table.ts';
import { databaseOf, randomExecutions, UUIDS } from './filter/test/random-executions.ts';

let db: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ db, close } = await databaseOf(randomExecutions(5, 1)));
});
afterAll(() => close());

const [ID = ''] = UUIDS;
const AT = '2026-01-31T08:00:00.000000Z';
const LISTS = {
  executions: { fields: executionFields, table: sql`executions` },
  document_families: { fields: familyFields, table: sql`document_families` },
};

test.each([
  ['executions', '', 'createdOn,desc', 'executions_newest'],
  ['executions', "createdOn ge '2026-01-31'", 'createdOn,asc', 'executions_newest'],
  ['executions', "status eq 'FAILED' and createdOn ge '2026-01-31'", 'createdOn,desc', 'executions_by_status'],
  ['executions', `assistantId eq '${ID}'`, 'createdOn,desc', 'executions_of_assistant'],
  ['executions', `projectId eq '${ID}'`, 'createdOn,desc', 'executions_of_project'],
  ['document_families', '', 'createdOn,desc', 'document_families_newest'],
  ['document_families', `projectId eq '${ID}'`, 'createdOn,desc', 'document_families_of_project'],
  ['document_families', "storeId eq 's'", 'createdOn,asc', 'document_families_of_store'],
] as const)(
  'a page of %s with "%s" by %s, and one behind a cursor, are read from an index',
  async (name, filter, by, index) => {
    const { fields, table } = LISTS[name];
    const sort = parseSort([by], sortableFields(fields));
    const selected = parseFilter(filter === '' ? [] : [filter], fields);
    const own = sql`organization_id = ${ID} and ${selected ? compileFilter(selected, fields) : sql`true`}`;
    const after = compileAfter(withId(sort), [AT, ID], fields);
    for (const where of [own, sql`${own} and ${after}`]) {
      const plan = await explain(
        sql`select * from ${table} where ${where} order by ${compileSort(sort, fields)} limit 20`,
      );
      expect(plan).toContain(index);
      expect(plan).not.toMatch(/Sort|Seq Scan/);
    }
  },
);

function explain(query: ReturnType<typeof sql>): Promise<string> {
  return db.transaction().execute(async (tx) => {
    // An empty table is read fastest as a whole: only what indexes make possible is of interest.
    await sql`set local enable_seqscan = off`.execute(tx);
    await sql`set local enable_bitmapscan = off`.execute(tx);
    await sql`set local enable_sort = off`.execute(tx);
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain ${query}`.execute(tx);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });
}
