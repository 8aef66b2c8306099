import type { FilterNode } from '@gantry/domain/filter/filter-node';
import type { SortKey } from '@gantry/domain/sort/parse-sort';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import { compileAfter, selectKeys } from './filter/compile-after.ts';
import { compileFilter } from './filter/compile-filter.ts';
import { compileSort, withId } from './filter/compile-sort.ts';
import type { Field, FieldTable } from './filter/field-table.ts';
import { likePattern } from './filter/like-pattern.ts';
import { type PageKeys, readCursor, writeCursor } from './page-cursor.ts';
import type { Row, Tables } from './tables.ts';

/** Which part of a list is asked for. */
export interface PageRequest {
  /** Counted from 0; without meaning when there is a cursor. */
  page: number;
  pageSize: number;
  filter: FilterNode | undefined;
  /** None: the order of the list itself. */
  sort: readonly SortKey[];
  /** Free text that one of the list's own search fields must contain, in either case. */
  search: string | undefined;
  /** The `nextCursor` of a page of the same list: the rows behind it, whatever has been added in front of it. */
  cursor: string | undefined;
}

/** Where a page stands among all rows. */
export interface PageInfo {
  /** Of all pages; for one that a cursor leads to, when the first was read. */
  total: number;
  /** Rows before this page. */
  offset: number;
  /** Null at the end of the list. */
  nextCursor: string | null;
}

interface Listed<Table extends keyof Tables> {
  table: Table;
  /** What can be filtered and sorted by, read from `table` under its own name. */
  fields: FieldTable & { id: Field };
  /** The fields that free text is looked for in. */
  searched: readonly string[];
  /** Which rows the caller may see. */
  where: RawBuilder<boolean>;
  sort: readonly SortKey[];
}

export interface RowsOf<Table extends keyof Tables> {
  rows: Row<Table>[];
  page: PageInfo;
}

/**
 * One page of a table, and how many rows all its pages have.
 * @throws CursorError
 */
export async function selectPage<Table extends keyof Tables>(
  db: Database,
  list: Listed<Table>,
  request: PageRequest,
): Promise<RowsOf<Table>> {
  const { pageSize } = request;
  const { fields } = list;
  const sort = request.sort.length > 0 ? request.sort : list.sort;
  const keys = withId(sort);
  const cursor = request.cursor === undefined ? undefined : readCursor(request.cursor, keys, fields);
  const conditions = [list.where];
  if (request.filter) conditions.push(compileFilter(request.filter, fields));
  if (request.search !== undefined) conditions.push(containing(request.search, list));
  const where = all(conditions);
  const onPage = cursor ? all([...conditions, compileAfter(keys, cursor.keys, fields)]) : where;
  const offset = cursor?.offset ?? request.page * pageSize;
  const from = sql.table(list.table);
  const [found, counted] = await Promise.all([
    // One more than asked for tells whether there is a next page.
    sql<Row<Table> & { page_keys: PageKeys }>`select *, ${selectKeys(keys, fields)} as page_keys
      from ${from} where ${onPage} order by ${compileSort(sort, fields)}
      limit ${pageSize + 1} offset ${cursor ? 0 : offset}`.execute(db),
    cursor ? undefined : sql<{ total: number }>`select count(*) as total from ${from} where ${where}`.execute(db),
  ]);
  const total = cursor?.total ?? counted?.rows[0]?.total ?? 0;
  const rows = found.rows.slice(0, pageSize);
  const last = found.rows.length > pageSize ? rows.at(-1) : undefined;
  const nextCursor = last ? writeCursor(keys, { keys: last.page_keys, offset: offset + pageSize, total }) : null;
  return { rows, page: { total, offset, nextCursor } };
}

function all(conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> {
  return sql.join(
    conditions.map((condition) => sql`(${condition})`),
    sql` and `,
  );
}

function containing(
  text: string,
  { fields, searched }: Pick<Listed<keyof Tables>, 'fields' | 'searched'>,
): RawBuilder<boolean> {
  const pattern = likePattern(`*${text.replaceAll('*', '')}*`);
  return sql.join(
    searched.map((name) => sql`${fields[name]?.sql}::text ilike ${pattern}`),
    sql` or `,
  );
}
