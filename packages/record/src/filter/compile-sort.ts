import type { SortKey } from '@gantry/domain/sort/parse-sort';
import { type RawBuilder, sql } from 'kysely';
import { ordered } from './compile-column-test.ts';
import type { FieldTable } from './field-table.ts';

/**
 * Sort keys as the list of ORDER BY. Nulls come last in both directions.
 * @param keys of `withId`
 */
export function compileSort(keys: readonly SortKey[], fields: FieldTable): RawBuilder<unknown> {
  return sql.join(keys.map((key) => compileKey(key, fields)));
}

/**
 * The keys that order rows with nothing left to chance, so that pages never overlap: equal rows are ordered by id, in the
 * direction of the last key, so that an index of (key, id) serves.
 * @param keys read by parseSort with sortableFields of the same fields; none: by id alone
 */
export function withId(keys: readonly SortKey[], fields: FieldTable & { id: unknown }): readonly SortKey[] {
  const last = keys.at(-1);
  const direction = last?.direction ?? 'asc';
  const next = last && fields[last.field]?.thenBy;
  return [...keys, ...(next ? [{ field: next, direction }] : []), { field: 'id', direction }];
}

function compileKey({ field: name, direction }: SortKey, fields: FieldTable): RawBuilder<unknown> {
  const field = fields[name];
  if (!field) throw new RangeError(`the sort was read with other fields: ${name} is not one of these`);
  const order = direction === 'asc' ? sql`asc` : sql`desc`;
  return field.nullable ? sql`${ordered(field)} ${order} nulls last` : sql`${ordered(field)} ${order}`;
}
