import type { FilterNode } from '@gantry/domain/filter/filter-node';
import type { SortKey } from '@gantry/domain/sort/parse-sort';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { selectKeys } from '../filter/compile-after.ts';
import { compileFilter } from '../filter/compile-filter.ts';
import { compileSearch } from '../filter/compile-search.ts';
import { withId } from '../filter/compile-sort.ts';
import type { Field, FieldTable } from '../filter/field-table.ts';
import type { Row, Tables } from '../schema/tables.ts';
import { type ListPart, listParts, partsAfter } from './list-parts.ts';
import { type PageKeys, readCursor, writeCursor } from './page-cursor.ts';
import { type RollUp, toldBy } from './roll-up.ts';

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
  /** Rows are counted no further than to one more than this. */
  countTo?: number | undefined;
}

/** Where a page stands among all rows. */
export interface PageInfo {
  /** Of all pages, as far as they were to be counted; for one that a cursor leads to, when the first was read. */
  total: number;
  /** Rows before this page. */
  offset: number;
  /** Null at the end of the list. */
  nextCursor: string | null;
}

/** What `selectPage` reads a list from. */
export interface Listed<Table extends keyof Tables> {
  table: Table;
  /** What can be filtered and sorted by, read from `table` under its own name. */
  fields: FieldTable & { id: Field };
  /** The fields that free text is looked for in. */
  searched: readonly string[];
  /** Which rows the caller may see. */
  where: RawBuilder<boolean>;
  sort: readonly SortKey[];
  rollUps?: readonly RollUp[];
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
  const keys = withId(request.sort.length > 0 ? request.sort : list.sort, fields);
  const cursor = request.cursor === undefined ? undefined : readCursor(request.cursor, keys, fields);
  const where = matching(list, request);
  const offset = cursor?.offset ?? request.page * pageSize;
  // One more than asked for tells whether there is a next page.
  const limit = pageSize + 1;
  const stretch = cursor?.keys
    ? { parts: partsAfter(keys, cursor.keys, fields), offset: 0 }
    : { parts: listParts(keys, fields), offset };
  const [found, counted] = await Promise.all([
    selectRows(db, list, where, { ...stretch, limit, pageKeys: selectKeys(keys, fields) }),
    cursor ? undefined : countAll(db, list, request, where),
  ]);
  const total = cursor?.total ?? counted ?? 0;
  const rows = found.slice(0, pageSize);
  const last = found.length > pageSize ? rows.at(-1) : undefined;
  const nextCursor = last ? writeCursor(keys, { keys: last.page_keys, offset: offset + pageSize, total }) : null;
  return { rows, page: { total, offset, nextCursor } };
}

interface Stretch {
  parts: readonly (ListPart | undefined)[];
  /** What a cursor keeps of a row. */
  pageKeys: RawBuilder<string[]>;
  limit: number;
  offset: number;
}

/** Reads part after part until there are enough rows; those of the others are not looked for. */
async function selectRows<Table extends keyof Tables>(
  db: Database,
  list: Pick<Listed<Table>, 'table'>,
  where: RawBuilder<boolean>,
  { parts, pageKeys, limit, offset }: Stretch,
): Promise<(Row<Table> & { page_keys: PageKeys })[]> {
  const [part, ...others] = parts;
  if (part === undefined || limit === 0) return [];
  const own = sql<boolean>`${where} and ${part.where}`;
  const { rows } = await sql<Row<Table> & { page_keys: PageKeys }>`
    select *, ${pageKeys} as page_keys from ${sql.table(list.table)}
    where ${own} order by ${part.orderBy} limit ${limit} offset ${offset}`.execute(db);
  if (others.length === 0) return rows;
  const passed = rows.length > 0 || offset === 0 ? offset : await count(db, list, own);
  const next = { parts: others, pageKeys, limit: limit - rows.length, offset: offset - passed };
  return [...rows, ...(await selectRows(db, list, where, next))];
}

/** How many rows all pages have, at this moment, as far as they are to be counted. */
async function countAll<Table extends keyof Tables>(
  db: Database,
  list: Listed<Table>,
  { filter, search, countTo }: PageRequest,
  where: RawBuilder<boolean>,
): Promise<number> {
  const told = search === undefined ? toldBy(list.rollUps ?? [], filter) : undefined;
  if (told === undefined) return count(db, list, where, countTo);
  const { rows } = await sql<{ total: number }>`
    select coalesce(sum(count), 0)::bigint as total from ${told.from} where ${matching(list, { filter: told.filter })}`.execute(
    db,
  );
  return rows[0]?.total ?? 0;
}

async function count(
  db: Database,
  { table }: Pick<Listed<keyof Tables>, 'table'>,
  where: RawBuilder<boolean>,
  countTo?: number,
): Promise<number> {
  const matching = sql`from ${sql.table(table)} where ${where}`;
  const counted = countTo === undefined ? matching : sql`from (select ${matching} limit ${countTo + 1}) as counted`;
  const { rows } = await sql<{ total: number }>`select count(*) as total ${counted}`.execute(db);
  return rows[0]?.total ?? 0;
}

function matching<Table extends keyof Tables>(
  { where, fields, searched }: Listed<Table>,
  { filter, search }: Partial<PageRequest>,
): RawBuilder<boolean> {
  const conditions = [
    sql`(${where})`,
    ...(filter ? [compileFilter(filter, fields)] : []),
    ...(search === undefined
      ? []
      : [
          compileSearch(
            search,
            searched.map((name) => fieldOf(fields, name)),
          ),
        ]),
  ];
  return sql.join(conditions, sql` and `);
}

function fieldOf(fields: FieldTable, name: string): Field {
  const field = fields[name];
  if (!field) throw new RangeError(`${name} is not a field of the list`);
  return field;
}
