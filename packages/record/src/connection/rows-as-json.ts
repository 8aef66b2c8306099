/**
 * Rows for `jsonb_populate_recordset`. What is null is left out: Postgres takes it for null and need not read it, which of a
 * new execution, most of whose columns are null, is a fifth of what taking it over costs.
 */
export function rowsAsJson(rows: readonly object[]): string {
  return JSON.stringify(
    rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))),
  );
}
