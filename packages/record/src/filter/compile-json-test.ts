import type { FilterTest, FilterValue } from '@gantry/domain/filter/filter-node';
import { type RawBuilder, sql } from 'kysely';
import { ORDERS } from './compile-column-test.ts';
import { likePattern } from './like-pattern.ts';

/**
 * One comparison of what is at a path of a jsonb column; a number in the path counts an array's items from 0.
 * Only values of the literal's own JSON type can pass. A JSON null is missing, as is a path that leads nowhere.
 */
export function compileJsonTest(test: FilterTest, column: RawBuilder<unknown>): RawBuilder<boolean> {
  const value = sql`(${column} #> ${sql.val(test.field.keys)}::text[])`;
  const text = sql`(${value} #>> '{}')`;
  switch (test.kind) {
    case 'present':
      return sql`nullif(${value}, 'null') is not null`;
    case 'one-of':
      return sql`${value} in (${sql.join(test.values.map(json))})`;
    case 'order':
      // No cast of the value that an unlucky row could fail: jsonb has an order of its own, right for numbers,
      // and texts are read out of it to be compared by code point.
      return typeof test.value === 'string'
        ? sql`jsonb_typeof(${value}) = 'string' and ${text} collate "C" ${ORDERS[test.operator]} ${test.value}::text`
        : sql`jsonb_typeof(${value}) = 'number' and ${value} ${ORDERS[test.operator]} ${json(test.value)}`;
    case 'like':
      return sql`jsonb_typeof(${value}) = 'string' and ${text} ilike ${likePattern(test.pattern)}`;
  }
}

function json(value: FilterValue): RawBuilder<unknown> {
  switch (typeof value) {
    case 'string':
      return sql`to_jsonb(${value}::text)`;
    case 'number':
      return sql`to_jsonb(${value}::numeric)`;
    case 'boolean':
      return sql`to_jsonb(${value}::boolean)`;
  }
}
