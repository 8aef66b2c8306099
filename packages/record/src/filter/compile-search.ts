import { type RawBuilder, sql } from 'kysely';
import type { Field } from './field-table.ts';
import { likePattern } from './like-pattern.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PART_OF_UUID = /^[0-9a-f-]{0,35}$/;

/** How the indexes of texts say which they leave out: in these words, not as a parameter. */
const NO_UUID = sql`!~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'`;

/**
 * Whether a row contains a text in one of these fields, in either case. A whole uuid is looked up, and what cannot be part
 * of one is not looked for in uuids, so that indexes serve all but a few hexadecimal digits.
 */
export function compileSearch(search: string, fields: readonly Field[]): RawBuilder<boolean> {
  const text = textOf(search);
  const tests = fields.flatMap((field) => {
    if (field.kind === 'uuid') return inUuid(text, field.sql, sql`uuid`);
    if (!field.mostlyUuids) return containsIn(field, text);
    const outside = outsideUuids(search, field);
    return [field.searched?.(outside) ?? outside, ...inUuid(text, field.sql, sql`text`)];
  });
  return tests.length > 0 ? sql`(${sql.join(tests, sql` or `)})` : sql`false`;
}

/** Whether a field that holds uuids as a rule has something else, which contains a text: what its index of texts serves. */
export function outsideUuids(search: string, field: Field): RawBuilder<boolean> {
  return sql`(${field.sql} ${NO_UUID} and ${containsIn(field, textOf(search))})`;
}

function textOf(search: string): string {
  return search.replaceAll('*', '').toLowerCase();
}

function inUuid(text: string, column: RawBuilder<unknown>, type: RawBuilder<unknown>): RawBuilder<boolean>[] {
  if (UUID.test(text)) return [sql`${column} = ${text}::${type}`];
  return PART_OF_UUID.test(text) ? [contains(text, column)] : [];
}

function containsIn({ sql: column, within }: Field, text: string): RawBuilder<boolean> {
  const own = contains(text, column);
  return within ? sql`(${contains(text, within)} and ${own})` : own;
}

/** Whether a text contains another, in either case. */
export function contains(text: string, column: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`${column}::text ilike ${likePattern(`*${text}*`)}`;
}
