import type { FilterTest, FilterValue } from '@gantry/domain/filter/filter-node';
import type { Json } from '@gantry/domain/json';
import { type RawBuilder, sql } from 'kysely';

/** Of a longer list, Postgres would look up each value by itself. */
const MAX_VALUES = 20;
const MAX_KEYS = 20;

/** `#>` takes any other key of an array for the number of an item. */
const NAME = /^[^\s\d+-]/;

/** What `equals` says of each value of an equality test, or undefined for another test or too many values. */
export function ofEquality(
  test: FilterTest,
  equals: (value: FilterValue) => RawBuilder<boolean>,
): RawBuilder<boolean> | undefined {
  if (test.kind !== 'one-of' || test.values.length === 0 || test.values.length > MAX_VALUES) return undefined;
  return sql`(${sql.join(test.values.map(equals), sql` or `)})`;
}

/** A jsonb column of objects has the value at the path if, and only if, it contains an object of nothing else. */
export function containment(test: FilterTest, column: RawBuilder<unknown>): RawBuilder<boolean> | undefined {
  const { keys } = test.field;
  if (keys.length > MAX_KEYS || !keys.every((key) => NAME.test(key))) return undefined;
  return ofEquality(test, (value) =>
    contains(
      column,
      keys.reduceRight<Json>((inner, key) => ({ [key]: inner }), value),
    ),
  );
}

export function contains(column: RawBuilder<unknown>, json: Json): RawBuilder<boolean> {
  return sql`${column} @> ${JSON.stringify(json)}::jsonb`;
}
