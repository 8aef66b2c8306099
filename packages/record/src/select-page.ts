import type { FilterNode } from '@gantry/domain/filter/filter-node';
import type { SortKey } from '@gantry/domain/sort/parse-sort';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import { compileFilter } from './filter/compile-filter.ts';
import { compileSort } from './filter/compile-sort.ts';
import type { Field, FieldTable } from './filter/field-table.ts';
import { likePattern } from './filter/like-pattern.ts';
import type { Row, Tables } from './tables.ts';

/** Which part of a list is asked for. */
export interface PageRequest {
  /** Counted from 0. */
  page: number;
  pageSize: number;
  filter: FilterNode | undefined;
  /** None: the order of the list itself. */
  sort: readonly SortKey[];
  /** Free text that one of the list's own search fields must contain, in either case. */
  search: string | undefined;
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
  /** Of all pages. */
  total: number;
}

/** One page of a table, and how many rows all its pages have. */
export async function selectPage<Table extends keyof Tables>(
  db: Database,
  list: Listed<Table>,
  request: PageRequest,
): Promise<RowsOf<Table>> {
  const conditions = [list.where];
  if (request.filter) conditions.push(compileFilter(request.filter, list.fields));
  if (request.search !== undefined) conditions.push(containing(request.search, list));
  const where = sql.join(
    conditions.map((condition) => sql`(${condition})`),
    sql` and `,
  );
  const order = compileSort(request.sort.length > 0 ? request.sort : list.sort, list.fields);
  const from = sql.table(list.table);
  const [page, count] = await Promise.all([
    sql<Row<Table>>`select * from ${from} where ${where} order by ${order}
      limit ${request.pageSize} offset ${request.page * request.pageSize}`.execute(db),
    sql<{ total: number }>`select count(*) as total from ${from} where ${where}`.execute(db),
  ]);
  return { rows: page.rows, total: count.rows[0]?.total ?? 0 };
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
