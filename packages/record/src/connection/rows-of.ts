import { type RawBuilder, sql } from 'kysely';
import type { Tables } from '../schema/tables.ts';

/**
 * Rows of a table as something to select from. What is null is left out, and what all of them have in common is said once:
 * Postgres need not read it again in each, which is much of what taking a row over costs.
 */
export function rowsOf(table: keyof Tables, rows: readonly object[]): RawBuilder<unknown> {
  const common = new Map(rows.slice(0, 1).flatMap((first) => present(first)));
  for (const row of rows) {
    const values = new Map(Object.entries(row));
    for (const [name, value] of common) if (values.get(name) !== value) common.delete(name);
  }
  const own = rows.map((row) => Object.fromEntries(present(row).filter(([name]) => !common.has(name))));
  return sql`jsonb_populate_recordset(
    jsonb_populate_record(null::${sql.table(table)}, ${JSON.stringify(Object.fromEntries(common))}::jsonb),
    ${JSON.stringify(own)}::jsonb)`;
}

function present(row: object): [string, unknown][] {
  return Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
}
