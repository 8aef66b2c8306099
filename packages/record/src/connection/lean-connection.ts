import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';
import { preparedName } from './prepared.ts';

/** Plans are of the size that tables had: so long one may be out of date. */
const PLANS_LAST_MS = 10_000;

type Answer = Pick<pg.QueryResult, 'command' | 'rowCount' | 'rows'>;

const BEGUN: Answer = { command: 'BEGIN', rowCount: null, rows: [] };

/**
 * A connection that asks Postgres no more than it has to: what is marked as prepared it has read and planned once, and a
 * transaction begins with its first statement, not with a question of its own.
 */
export class LeanConnection implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  /** Postgres itself is at the other end. */
  readonly #direct: boolean;
  #begins = false;
  /** When the oldest of its plans may have been made. */
  #plannedAtMs: number | undefined;

  static async of(client: pg.PoolClient): Promise<LeanConnection> {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    // A pooler answers for Postgres, and lends its connections for a transaction each: the next one lacks what was prepared.
    return new LeanConnection(client, 'processID' in client && client.processID === rows[0]?.pid);
  }

  private constructor(client: pg.PoolClient, direct: boolean) {
    this.#client = client;
    this.#direct = direct;
  }

  query<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query(text: string | PostgresCursor<unknown>, parameters: readonly unknown[] = []): unknown {
    if (typeof text !== 'string') throw new TypeError('this driver is given no cursors');
    if (text === 'begin') {
      this.#begins = true;
      return Promise.resolve(BEGUN);
    }
    if (!this.#begins) return this.#ask(text, parameters);
    this.#begins = false;
    return Promise.all([this.#client.query('begin'), this.#ask(text, parameters)]).then(([, answer]) => answer);
  }

  #ask(text: string, parameters: readonly unknown[]): Promise<Answer> {
    const values = [...parameters];
    const name = this.#direct ? preparedName(text) : undefined;
    if (name === undefined) return this.#client.query(text, values);
    this.#plannedAtMs ??= performance.now();
    return this.#client.query({ name, text, values });
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
