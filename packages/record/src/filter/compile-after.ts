import type { SortKey } from '@gantry/domain/sort/parse-sort';
import { type RawBuilder, sql } from 'kysely';
import type { PageKeys } from '../paging/page-cursor.ts';
import { ordered } from './compile-column-test.ts';
import type { Field, FieldTable } from './field-table.ts';

/** A sort key with its field and the value that rows must come after. */
interface Bound {
  field: Field;
  descends: boolean;
  value: string | null;
}

/**
 * The condition that a row comes after another one in the order of compileSort, as ranges of an index where it can be.
 * @param sort with the id as its last key
 * @param keys of the other row, checked against `fields`
 */
export function compileAfter(sort: readonly SortKey[], keys: PageKeys, fields: FieldTable): RawBuilder<boolean> {
  const bounds = sort.map(({ field: name, direction }, index): Bound => {
    const field = fields[name];
    if (!field) throw new RangeError(`the sort was read with other fields: ${name} is not one of these`);
    return { field, descends: direction === 'desc', value: keys[index] ?? null };
  });
  const [first] = bounds;
  if (first === undefined) return sql`true`;
  const isOneRange = bounds.every(({ field, descends }) => !field.nullable && descends === first.descends);
  if (isOneRange) {
    const columns = sql.join(bounds.map(({ field }) => ordered(field)));
    const values = sql.join(bounds.map(parameter));
    return sql`(${columns}) ${first.descends ? sql`<` : sql`>`} (${values})`;
  }
  return sql`(${atOrAfter(first)} and (${after(bounds)}))`;
}

/** The values of a row's sort keys as an array of texts that keep all of their precision. */
export function selectKeys(sort: readonly SortKey[], fields: FieldTable): RawBuilder<string[]> {
  return sql`array[${sql.join(sort.map(({ field }) => keyText(fields[field])))}]::text[]`;
}

function keyText(field: Field | undefined): RawBuilder<unknown> {
  if (field?.kind !== 'date') return sql`${field?.sql}::text`;
  return sql`to_char(${field.sql} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

function after([bound, ...rest]: readonly Bound[]): RawBuilder<boolean> {
  if (bound === undefined) return sql`false`;
  const column = ordered(bound.field);
  if (bound.value === null) return sql`(${column} is null and ${after(rest)})`;
  const beyond = bound.descends ? sql`<` : sql`>`;
  const value = parameter(bound);
  const ends = bound.field.nullable ? sql`${column} is null or ` : sql``;
  return sql`(${ends}${column} ${beyond} ${value} or (${column} = ${value} and ${after(rest)}))`;
}

/** What follows from `after` and an index can be searched by. */
function atOrAfter({ field, descends, value }: Bound): RawBuilder<boolean> {
  const column = ordered(field);
  if (value === null) return sql`${column} is null`;
  if (field.nullable) return sql`true`;
  return sql`${column} ${descends ? sql`<=` : sql`>=`} ${parameter({ field, descends, value })}`;
}

function parameter({ field, value }: Bound): RawBuilder<unknown> {
  switch (field.kind) {
    case 'uuid':
      return sql`${value}::uuid`;
    case 'date':
      return sql`${value}::timestamptz`;
    case 'boolean':
      return sql`${value}::boolean`;
    case 'number':
    case 'words':
      return sql`${value}::bigint`;
    default:
      return sql`${value}::text`;
  }
}
