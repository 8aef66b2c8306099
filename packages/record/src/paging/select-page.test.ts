import { parseSort, SORT_KEYS_LIMIT } from '@gantry/domain/sort/parse-sort';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../connection/database.ts';
import { executionFields } from '../filter/execution-fields.ts';
import { sortableFields } from '../filter/field-table.ts';
import { databaseOf, randomExecutions } from '../filter/test/random-executions.ts';
import { CursorError, writeCursor } from './page-cursor.ts';
import { type PageRequest, selectPage } from './select-page.ts';

const seed = Date.now() % 2 ** 31;
const executions = randomExecutions(120, seed);
const names = sortableFields(executionFields);
let db: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ db, close } = await databaseOf(executions));
});
afterAll(() => close());

const list = {
  table: 'executions',
  fields: executionFields,
  searched: ['id'],
  where: sql<boolean>`true`,
  sort: parseSort(['createdOn,desc'], names),
} as const;

const request = (more: Partial<PageRequest>): PageRequest => ({
  ...{ page: 0, pageSize: 1_000, filter: undefined, sort: [], search: undefined, cursor: undefined },
  ...more,
});

async function idsByCursor(sort: PageRequest['sort'], pageSize: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const { rows, page } = await selectPage(db, list, request({ sort, pageSize, cursor }));
    expect(page).toMatchObject({ total: executions.length, offset: ids.length });
    ids.push(...rows.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

async function idsByNumber(sort: PageRequest['sort'], pageSize: number): Promise<string[]> {
  const ids: string[] = [];
  for (let page = 0; page * pageSize < executions.length; page += 1) {
    const { rows } = await selectPage(db, list, request({ sort, pageSize, page }));
    ids.push(...rows.map(({ id }) => id));
  }
  return ids;
}

test(`cursors and numbers of pages lead through the whole list, whatever it is sorted by (seed ${seed})`, async () => {
  const key = fc.tuple(fc.constantFrom(...names), fc.constantFrom('asc', 'desc')).map((parts) => parts.join());
  const property = fc.asyncProperty(
    fc.array(key, { maxLength: SORT_KEYS_LIMIT }),
    fc.integer({ min: 7, max: 120 }),
    async (keys, pageSize) => {
      const sort = parseSort(keys, names);
      const { rows } = await selectPage(db, list, request({ sort }));
      const ids = rows.map(({ id }) => id);
      expect(await idsByCursor(sort, pageSize)).toEqual(ids);
      expect(await idsByNumber(sort, pageSize)).toEqual(ids);
    },
  );
  await fc.assert(property, { seed, numRuns: 60 });
});

test('all rows are counted, or no more than one beyond what is asked for', async () => {
  const total = async (countTo?: number) => {
    const { page } = await selectPage(db, list, request({ pageSize: 5, countTo }));
    const next = await selectPage(db, list, request({ pageSize: 5, cursor: page.nextCursor ?? undefined }));
    expect(next.page.total).toBe(page.total);
    return page.total;
  };
  expect([await total(), await total(50), await total(120), await total(119)]).toEqual([120, 51, 120, 120]);
});

test('a cursor fits into a URL however long the values are that a list is sorted by', async () => {
  const long = randomExecutions(12, seed).map(({ row, steps }, index) => ({
    row: { ...row, description: `${index % 3} ${'é'.repeat(4_000)}` },
    steps,
  }));
  const other = await databaseOf(long);
  try {
    const sort = parseSort(['description,desc'], names);
    const read = (more: Partial<PageRequest>) => selectPage(other.db, list, request({ sort, ...more }));
    const { rows } = await read({});
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const { rows: found, page } = await read({ pageSize: 5, cursor });
      ids.push(...found.map(({ id }) => id));
      expect(page).toMatchObject({ total: long.length });
      expect(page.nextCursor?.length ?? 0).toBeLessThanOrEqual(4_000);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(ids).toEqual(rows.map(({ id }) => id));
  } finally {
    await other.close();
  }
});

test('a cursor that no list of this sort gave is an error of its own', async () => {
  const sort = parseSort(['createdOn,desc', 'priority,asc'], names);
  const { page } = await selectPage(db, list, request({ sort, pageSize: 2 }));
  const { page: other } = await selectPage(db, list, request({ pageSize: 2 }));
  const keys = [...sort, { field: 'id', direction: 'asc' } as const];
  const made = (...values: (string | null)[]) => writeCursor(keys, { keys: values, offset: 2, total: 9 });
  const id = executions[0]?.row.id;
  const at = '2026-01-31T08:00:00.000000Z';
  const ask = (cursor: string) => selectPage(db, list, request({ sort, pageSize: 2, cursor }));
  await expect(ask(made(at, '1', String(id)))).resolves.toBeDefined();
  for (const cursor of [
    ...['x', 'e30', page.nextCursor?.slice(0, -4) ?? '', other.nextCursor ?? ''],
    ...[made(at, '1'), made(at, null, String(id)), made(at, '1', 'no uuid'), made('yesterday', '1', String(id))],
    ...[made(at, '9'.repeat(30), String(id)), made('2026-13-31T08:00:00.000000Z', '1', String(id))],
  ]) {
    await expect(ask(cursor), cursor).rejects.toThrow(CursorError);
  }
});
