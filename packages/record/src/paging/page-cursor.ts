import type { FieldKind } from '@gantry/domain/filter/field-catalogue';
import type { SortKey } from '@gantry/domain/sort/parse-sort';
import { z } from 'zod';
import type { FieldTable } from '../filter/field-table.ts';

/** The values of the sort keys of a row, and last its id, as texts of `keyText`. */
export type PageKeys = readonly (string | null)[];

/** Where a list goes on. */
export interface PageCursor {
  /** Of the last row that was given; null where they are too long for a URL, and the list goes on by its offset. */
  keys: PageKeys | null;
  /** How many rows came up to it. */
  offset: number;
  /** How many rows there were when the list began: they are counted once. */
  total: number;
}

/** A `cursor=` parameter that no list of this sort gave: always a 400. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
}

const count = z.int().min(0);
const cursorSchema = z.tuple([z.string(), z.array(z.string().nullable()).nullable(), count, count]);

const VALUES: Readonly<Record<Exclude<FieldKind, 'json'>, RegExp>> = {
  text: /^[^\0]*$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  date: /^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{6}Z$/,
  number: /^-?\d{1,18}$/,
  words: /^-?\d{1,18}$/,
  boolean: /^(true|false)$/,
};

/** Headers and URLs of 8 KiB pass everywhere, and there are filters beside a cursor. */
const MAX_LENGTH = 4_000;

/** An opaque text, of a length that fits into a URL. */
export function writeCursor(sort: readonly SortKey[], { keys, offset, total }: PageCursor): string {
  const write = (own: PageKeys | null) =>
    Buffer.from(JSON.stringify([signature(sort), own, offset, total])).toString('base64url');
  const text = write(keys);
  return text.length <= MAX_LENGTH ? text : write(null);
}

/**
 * Reads a cursor back, trusting nothing of it: whatever it says can be compared with the fields of the sort.
 * @param sort of the list that goes on, its id included
 * @throws CursorError
 */
export function readCursor(text: string, sort: readonly SortKey[], fields: FieldTable): PageCursor {
  const result = cursorSchema.safeParse(parse(text));
  if (!result.success) throw new CursorError('cursor: it is not the nextCursor of an answer');
  const [sortedBy, keys, offset, total] = result.data;
  if (sortedBy !== signature(sort)) throw new CursorError('cursor: it belongs to a list with another sort');
  const fits =
    keys === null ||
    (keys.length === sort.length && sort.every(({ field }, index) => isValueOf(fields, field, keys[index] ?? null)));
  if (!fits) throw new CursorError('cursor: it is not the nextCursor of an answer');
  return { keys, offset, total };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function isValueOf(fields: FieldTable, name: string, value: string | null): boolean {
  const field = fields[name];
  if (field === undefined || field.kind === 'json') return false;
  if (value === null) return field.nullable === true;
  if (!VALUES[field.kind].test(value) || !value.isWellFormed()) return false;
  return field.kind !== 'date' || isInstant(value);
}

/** Postgres takes neither the year 0 nor the 30th of February, which is the 2nd of March for Date.parse. */
function isInstant(text: string): boolean {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime()) || text.startsWith('0000')) return false;
  return text.startsWith(instant.toISOString().slice(0, -1));
}

function signature(sort: readonly SortKey[]): string {
  return sort.map(({ field, direction }) => `${field} ${direction}`).join();
}
