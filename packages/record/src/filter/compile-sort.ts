import type { SortKey } from '@gantry/domain/sort/parse-sort';
import { type RawBuilder, sql } from 'kysely';
import { ordered } from './compile-column-test.ts';
import type { FieldTable } from './field-table.ts';

/**
 * Sort keys as the list of ORDER BY. Nulls come last in both directions; equal rows are ordered by id, in the direction
 * of the last key, so that an index of (key, id) serves, and pages never overlap.
 * @param keys read by parseSort with sortableFields of the same fields; none: by id alone
 */
export function compileSort(keys: readonly SortKey[], fields: FieldTable & { id: unknown }): RawBuilder<unknown> {
  return sql.join(withId(keys).map((key) => compileKey(key, fields)));
}

/** The keys that order rows with nothing left to chance. */
export function withId(keys: readonly SortKey[]): readonly SortKey[] {
  return [...keys, { field: 'id', direction: keys.at(-1)?.direction ?? 'asc' }];
}

function compileKey({ field: name, direction }: SortKey, fields: FieldTable): RawBuilder<unknown> {
  const field = fields[name];
  if (!field) throw new RangeError(`the sort was read with other fields: ${name} is not one of these`);
  const order = direction === 'asc' ? sql`asc` : sql`desc`;
  return field.nullable ? sql`${ordered(field)} ${order} nulls last` : sql`${ordered(field)} ${order}`;
}
