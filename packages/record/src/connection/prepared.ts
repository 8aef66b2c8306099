import { type PostgresCursor, type PostgresPoolClient, type PostgresQueryResult, type RawBuilder, sql } from 'kysely';
import type pg from 'pg';

const MARK = '/* prepared */';

/** Plans are of the size that tables had: so long one may be out of date. */
const PLANS_LAST_MS = 10_000;

/**
 * Like `sql`, for what is asked again and again in the same words: each connection keeps how Postgres reads and plans it, which
 * costs as much as a small statement itself. Its parts may not vary, and it names the columns that it returns: whoever prepared
 * `*` gets an error once a newer version of Gantry has added one.
 */
export function prepared<T>(fragments: TemplateStringsArray, ...parameters: unknown[]): RawBuilder<T> {
  return sql<T>`${sql.raw(MARK)} ${sql<T>(fragments, ...parameters)}`;
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `gantry_${names.size}`;
  names.set(text, name);
  return name;
}

/** A connection that prepares what is marked so, if it is one to Postgres itself. */
export class PreparingConnection implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #direct: boolean;
  /** When the oldest of its plans may have been made. */
  #plannedAtMs: number | undefined;

  static async of(client: pg.PoolClient): Promise<PreparingConnection> {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    // A pooler answers for Postgres, and lends its connections for a transaction each: the next one lacks what was prepared.
    return new PreparingConnection(client, 'processID' in client && client.processID === rows[0]?.pid);
  }

  private constructor(client: pg.PoolClient, direct: boolean) {
    this.#client = client;
    this.#direct = direct;
  }

  query<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query(text: string | PostgresCursor<unknown>, parameters: readonly unknown[] = []): unknown {
    if (typeof text !== 'string') throw new TypeError('this driver is given no cursors');
    const values = [...parameters];
    if (!this.#direct || !text.startsWith(MARK)) return this.#client.query(text, values);
    this.#plannedAtMs ??= performance.now();
    return this.#client.query({ name: nameOf(text), text, values });
  }

  release(destroy?: boolean): void {
    this.#client.release(destroy);
  }

  /** To be called before it is used: plans that are out of date are made anew. */
  async renewPlans(): Promise<void> {
    if (this.#plannedAtMs === undefined || performance.now() - this.#plannedAtMs < PLANS_LAST_MS) return;
    this.#plannedAtMs = undefined;
    await this.#client.query('discard plans');
  }
}
