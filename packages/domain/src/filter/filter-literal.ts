import { excerpt } from './excerpt.ts';
import type { FieldKind, FieldType } from './field-catalogue.ts';
import { FilterError } from './filter-error.ts';
import type { FieldPath, FilterValue } from './filter-node.ts';
import type { Literal } from './filter-scanner.ts';

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?$/i;
/** The years that ISO 8601, JavaScript and Postgres all write the same way. */
const FIRST_INSTANT = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

const LITERAL_OF: Readonly<Record<Exclude<FieldKind, 'words'>, string>> = {
  text: 'a text',
  uuid: 'a uuid',
  number: 'a number without quotes',
  boolean: 'true or false without quotes',
  date: "an ISO 8601 date or time, as '2025-01-31' or '2025-01-31T08:00:00Z',",
  json: 'a text, number or boolean',
};

/** A bare `null`: `assistantId eq null` is how some clients write `is null`. */
export function isNull(literal: Literal): boolean {
  return !literal.quoted && literal.text.toLowerCase() === 'null';
}

/** @throws FilterError FILTER_TYPE_MISMATCH when the literal cannot be a value of the field */
export function valueFor(field: FieldPath, type: FieldType, literal: Literal): FilterValue {
  const value = isNull(literal) ? undefined : readLiteral(type, literal);
  if (value !== undefined) return value;
  const expected = type.kind === 'words' ? `one of ${Object.keys(type.words).join(', ')}` : LITERAL_OF[type.kind];
  throw misfit(literal.offset, expected, field, literal.text);
}

/**
 * The values that equal the literal. A text that is no uuid equals no id: clients look ids up by whatever they were given.
 * @throws FilterError FILTER_TYPE_MISMATCH
 */
export function valuesEqualTo(field: FieldPath, type: FieldType, literal: Literal): FilterValue[] {
  const isNoId = type.kind === 'uuid' && !isNull(literal) && !UUID.test(literal.text);
  return isNoId ? [] : [valueFor(field, type, literal)];
}

/** @param offset 0-based, of the value or operator that does not fit the field */
export function misfit(offset: number, expected: string, field: FieldPath, found: string): FilterError {
  const name = excerpt([field.name, ...field.keys].join('.'));
  return new FilterError('FILTER_TYPE_MISMATCH', offset, `${expected} for the field ${name}`, excerpt(found));
}

function readLiteral(type: FieldType, literal: Literal): FilterValue | undefined {
  switch (type.kind) {
    case 'text':
      return literal.text;
    case 'uuid':
      return UUID.test(literal.text) ? literal.text.toLowerCase() : undefined;
    case 'number':
      return literal.quoted ? undefined : readNumber(literal.text);
    case 'boolean':
      return literal.quoted ? undefined : readBoolean(literal.text);
    case 'date':
      return readDate(literal.text);
    case 'json':
      if (literal.quoted) return literal.text;
      return readNumber(literal.text) ?? readBoolean(literal.text) ?? literal.text;
    case 'words':
      return readWord(type.words, literal);
  }
}

function readNumber(text: string): number | undefined {
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function readBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

/** Without a zone an instant is UTC; below milliseconds it is cut, as dates on the wire are. */
function readDate(text: string): string | undefined {
  const [, day, time = '00:00', zone = 'Z'] = DATE.exec(text) ?? [];
  if (day === undefined || !isDay(day)) return undefined;
  const instant = Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  return instant >= FIRST_INSTANT && instant <= LAST_INSTANT ? new Date(instant).toISOString() : undefined;
}

/** Date.parse takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const midnight = Date.parse(day);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
}

function readWord(words: Readonly<Record<string, number>>, literal: Literal): number | undefined {
  const word = literal.text.toUpperCase();
  if (Object.hasOwn(words, word)) return words[word];
  const number = literal.quoted ? undefined : readNumber(literal.text);
  return number !== undefined && Object.values(words).includes(number) ? number : undefined;
}
