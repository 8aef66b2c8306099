import { type RawBuilder, sql } from 'kysely';
import type { Tables } from '../schema/tables.ts';

type Row = Record<string, unknown>;

/**
 * Rows of a table as something to select from. What is null is left out, and what all of them have in common is said once:
 * Postgres need not read it again in each, which is much of what taking a row over costs.
 */
export function rowsOf(table: keyof Tables, given: readonly object[]): RawBuilder<unknown> {
  const rows = given as readonly Row[];
  const [first = {}] = rows;
  const common: Row = {};
  for (const name in first) {
    const value = first[name];
    if (isPresent(value) && rows.every((row) => row[name] === value)) common[name] = value;
  }
  const own = rows.map((row) => without(row, common));
  return sql`jsonb_populate_recordset(
    jsonb_populate_record(null::${sql.table(table)}, ${JSON.stringify(common)}::jsonb),
    ${JSON.stringify(own)}::jsonb)`;
}

function without(row: Row, common: Row): Row {
  const own: Row = {};
  for (const name in row) if (isPresent(row[name]) && common[name] === undefined) own[name] = row[name];
  return own;
}

function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined;
}
