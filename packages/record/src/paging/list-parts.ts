import type { SortKey } from '@gantry/domain/sort/parse-sort';
import { type RawBuilder, sql } from 'kysely';
import { compileAfter } from '../filter/compile-after.ts';
import { compileSort } from '../filter/compile-sort.ts';
import type { FieldTable } from '../filter/field-table.ts';
import type { PageKeys } from './page-cursor.ts';

/** A stretch of a list that is one range of an index. */
export interface ListPart {
  where: RawBuilder<boolean>;
  /** In the words of the index that has this order. */
  orderBy: RawBuilder<unknown>;
}

/**
 * A list in the order of `keys` as parts that follow each other: where the first key may be null, the rows that have it
 * and then those that have none. An index has nulls at one end, a list has them last in both directions.
 * @param keys of `withId`
 */
export function listParts(keys: readonly SortKey[], fields: FieldTable): readonly [ListPart, ListPart?] {
  const name = keys[0]?.field ?? '';
  const field = fields[name];
  if (!field?.nullable) return [{ where: sql`true`, orderBy: compileSort(keys, fields) }];
  const inIndex = compileSort(keys, withoutNulls(fields, name));
  return [
    { where: sql`${field.sql} is not null`, orderBy: inIndex },
    {
      where: sql`${field.sql} is null`,
      orderBy: field.nullsIndexed ? inIndex : compileSort(keys.slice(1), fields),
    },
  ];
}

/**
 * What of the list comes after a row.
 * @param values the row's own of the sort keys, checked against `fields`
 */
export function partsAfter(keys: readonly SortKey[], values: PageKeys, fields: FieldTable): readonly ListPart[] {
  const [first, nulls] = listParts(keys, fields);
  if (nulls === undefined) return [behind(first, compileAfter(keys, values, fields))];
  if (values[0] === null) return [behind(nulls, compileAfter(keys.slice(1), values.slice(1), fields))];
  return [behind(first, compileAfter(keys, values, withoutNulls(fields, keys[0]?.field ?? ''))), nulls];
}

function behind(part: ListPart, after: RawBuilder<boolean>): ListPart {
  return { ...part, where: sql`${part.where} and ${after}` };
}

/** The fields as they are where this one has a value. */
function withoutNulls(fields: FieldTable, name: string): FieldTable {
  const field = fields[name];
  if (field === undefined) return fields;
  const { nullable: _, ...settled } = field;
  return { ...fields, [name]: settled };
}
