import { type RawBuilder, sql } from 'kysely';

const MARK = '/* prepared */';

/**
 * Like `sql`, for what is asked again and again in the same words: each connection keeps how Postgres reads and plans it, which
 * costs as much as a small statement itself. Its parts may not vary, and it names the columns that it returns: whoever prepared
 * `*` gets an error once a newer version of Gantry has added one.
 */
export function prepared<T>(fragments: TemplateStringsArray, ...parameters: unknown[]): RawBuilder<T> {
  return sql<T>`${sql.raw(MARK)} ${sql<T>(fragments, ...parameters)}`;
}

/**
 * Whether a column of uuids has one of these. A single one, as is asked for most, is compared by itself: Postgres plans a list
 * anew each time, for as many as it has.
 */
export function isAmong(column: RawBuilder<unknown>, ids: readonly string[]): RawBuilder<boolean> {
  return ids.length === 1 ? sql`${column} = ${ids[0]}` : sql`${column} = any(${[...ids]}::uuid[])`;
}

const names = new Map<string, string>();

/** @returns under which name a connection keeps a statement; undefined if it is not to be kept */
export function preparedName(text: string): string | undefined {
  if (!text.startsWith(MARK)) return undefined;
  const name = names.get(text) ?? `gantry_${names.size}`;
  names.set(text, name);
  return name;
}
