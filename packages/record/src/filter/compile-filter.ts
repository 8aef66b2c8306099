import type { FilterNode, FilterTest } from '@gantry/domain/filter/filter-node';
import { type RawBuilder, sql } from 'kysely';
import { compileColumnTest } from './compile-column-test.ts';
import { compileJsonTest } from './compile-json-test.ts';
import type { Field, FieldTable } from './field-table.ts';

/**
 * A filter as a condition for WHERE. All of a client's text, JSON keys included, travels as parameters.
 * SQL's null counts as false in a condition of `and` and `or` alone, so negations are moved down to the tests, and only
 * there made total: columns stay bare and indexes usable. Do not negate the result: wrap the filter in a `not` instead.
 * @param filter read by parseFilter with the same fields
 */
export function compileFilter(filter: FilterNode, fields: FieldTable): RawBuilder<boolean> {
  return compile(filter, fields, false);
}

function compile(node: FilterNode, fields: FieldTable, negated: boolean): RawBuilder<boolean> {
  switch (node.kind) {
    case 'not':
      return compile(node.term, fields, !negated);
    case 'and':
    case 'or': {
      const separator = (node.kind === 'and') === negated ? sql` or ` : sql` and `;
      const terms = node.terms.map((term) => compile(term, fields, negated));
      return sql`(${sql.join(terms, separator)})`;
    }
    default:
      return compileTest(node, fieldOf(node, fields), negated);
  }
}

function compileTest(node: FilterTest, field: Field, negated: boolean): RawBuilder<boolean> {
  const one = field.kind === 'json' ? compileJsonTest(node, field.sql) : compileColumnTest(node, field);
  const test = field.some ? field.some(one, node) : one;
  if (!negated) return sql`(${field.indexed?.(node, test) ?? test})`;
  if (node.kind === 'present' && field.absent) return sql`(${field.absent} and not (${test}))`;
  // Never null, and Postgres plans `not exists` and `is null` better than `is not true` of their opposites.
  const total = field.some !== undefined || node.kind === 'present';
  return total ? sql`(not (${test}))` : sql`((${test}) is not true)`;
}

function fieldOf(node: FilterTest, fields: FieldTable): Field {
  const field = fields[node.field.name];
  if (!field) throw new RangeError(`the filter was read with other fields: ${node.field.name} is not one of these`);
  return field;
}
