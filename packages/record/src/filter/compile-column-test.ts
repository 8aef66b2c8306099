import type { FieldKind } from '@gantry/domain/filter/field-catalogue';
import type { FilterTest, FilterValue, OrderOperator } from '@gantry/domain/filter/filter-node';
import { type RawBuilder, sql } from 'kysely';
import type { Field } from './field-table.ts';
import { likePattern } from './like-pattern.ts';

export const ORDERS: Readonly<Record<OrderOperator, RawBuilder<unknown>>> = {
  '>': sql`>`,
  '>=': sql`>=`,
  '<': sql`<`,
  '<=': sql`<=`,
};

/** One comparison of a column. Null where the column is null, except for `present`. */
export function compileColumnTest(test: FilterTest, field: Field): RawBuilder<boolean> {
  const column = field.sql;
  switch (test.kind) {
    case 'present':
      return sql`${column} is not null`;
    case 'one-of':
      if (test.values.length === 0) return sql`false`;
      if (field.kind === 'date')
        return sql.join(
          test.values.map((value) => isWithin(column, value)),
          sql` or `,
        );
      return sql`${column} in (${sql.join(test.values.map((value) => parameter(field.kind, value)))})`;
    case 'order':
      return field.kind === 'date'
        ? orderOfDates(column, test.operator, test.value)
        : sql`${ordered(field)} ${ORDERS[test.operator]} ${parameter(field.kind, test.value)}`;
    case 'like':
      return sql`${column}::text ilike ${likePattern(test.pattern)}`;
  }
}

/** Texts are ordered by code point, whatever the locale of the database. */
export function ordered(field: Field): RawBuilder<unknown> {
  return field.kind === 'text' ? sql`${field.sql} collate "C"` : field.sql;
}

/** Typed by a cast: an untyped parameter takes the column's type, and a number beyond smallint would be an error. */
function parameter(kind: FieldKind, value: FilterValue): RawBuilder<unknown> {
  switch (kind) {
    case 'uuid':
      return sql`${value}::uuid`;
    case 'boolean':
      return sql`${value}::boolean`;
    case 'number':
    case 'words':
      // An index of any integer type serves a bigint, none serves a numeric.
      return Number.isSafeInteger(value) ? sql`${value}::bigint` : sql`${value}::numeric`;
    default:
      return sql`${value}::text`;
  }
}

/** Postgres keeps microseconds and the wire shows milliseconds: an instant of the wire is the whole of its millisecond. */
function isWithin(column: RawBuilder<unknown>, instant: FilterValue): RawBuilder<boolean> {
  return sql`(${column} >= ${instant}::timestamptz and ${column} < ${nextMillisecond(instant)})`;
}

function orderOfDates(column: RawBuilder<unknown>, operator: OrderOperator, instant: FilterValue): RawBuilder<boolean> {
  switch (operator) {
    case '>':
      return sql`${column} >= ${nextMillisecond(instant)}`;
    case '>=':
      return sql`${column} >= ${instant}::timestamptz`;
    case '<':
      return sql`${column} < ${instant}::timestamptz`;
    case '<=':
      return sql`${column} < ${nextMillisecond(instant)}`;
  }
}

function nextMillisecond(instant: FilterValue): RawBuilder<unknown> {
  return sql`${instant}::timestamptz + interval '1 millisecond'`;
}
