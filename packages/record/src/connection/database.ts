import type { AfterCommit } from '@gantry/contracts/after-commit';
import {
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type RawBuilder,
  sql,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import type { Tables } from '../schema/tables.ts';
import { LeanConnection } from './lean-connection.ts';
import { DatabaseSilentError, Pulse, SOCKET_SILENT_MS } from './pulse.ts';

export type Database = Kysely<Tables>;
/** A transaction under way: `after` gathers what is to be done once it has committed. */
export type Tx = Transaction<Tables> & { readonly after: AfterCommit };

const INT8 = 20;

export interface DatabaseOptions {
  url: string;
  /** Connections at most. */
  poolSize: number;
  /** Shown in pg_stat_activity. */
  name: string;
  /** An idle connection broke (a restart of Postgres); the pool replaces it by itself. */
  onIdleError: (error: Error) => void;
}

/**
 * A pool of connections. Bad news comes fast: 5 s to connect or for a lock that somebody holds, 30 s a statement, 5 s when
 * Postgres answers nobody.
 */
export function openDatabase({ url, poolSize, name, onIdleError }: DatabaseOptions): Database {
  const pulse = new Pulse({ connectionString: url, application_name: `${name}-pulse` });
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    application_name: name,
    stream: () => pulse.socket(),
    keepAlive: true,
    // What is asked together is sent together.
    pipeline: true,
    connectionTimeoutMillis: 5_000,
    // A new one costs a process of Postgres: what is needed now and then is kept, but not until its silence is taken for
    // that of a dead one.
    idleTimeoutMillis: SOCKET_SILENT_MS / 2,
    statement_timeout: 30_000,
    lock_timeout: 5_000,
    // What a client that was paused, or cut off from Postgres, has locked is free for its repetition soon.
    idle_in_transaction_session_timeout: 5_000,
    // Counters fit into a number; pg hands bigint over as text otherwise.
    types: {
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  pool.on('error', onIdleError);
  // Between two statements of a transaction a connection is not idle, and an error of it would end the process: the
  // next statement fails anyway.
  pool.on('connect', (client) => client.on('error', () => {}));
  const db: Database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: withPulse(pool, pulse) }) });
  connections.set(db, { pool, pulse });
  return db;
}

const connections = new WeakMap<Database, { pool: pg.Pool; pulse: Pulse }>();

/** How many connections work, rest, and are waited for, and how many there may be. */
export function connectionUse(db: Database): { busy: number; idle: number; awaited: number; limit: number } {
  const pool = connections.get(db)?.pool;
  if (pool === undefined) return { busy: 0, idle: 0, awaited: 0, limit: 0 };
  const { totalCount, idleCount, waitingCount, options } = pool;
  return { busy: totalCount - idleCount, idle: idleCount, awaited: waitingCount, limit: options.max };
}

/** Does work whose statements may take as long as they like: its connection is not taken for a dead one meanwhile. */
export async function withoutHurry<T>(db: Database, work: () => Promise<T>): Promise<T> {
  const pulse = connections.get(db)?.pulse;
  if (pulse) pulse.patient = true;
  try {
    return await work();
  } finally {
    if (pulse) pulse.patient = false;
  }
}

/** Nobody waits for a connection to a Postgres that is known to be silent. */
function withPulse(pool: pg.Pool, pulse: Pulse): PostgresPool {
  const known = new WeakMap<pg.PoolClient, LeanConnection>();
  return {
    options: pool.options,
    async connect() {
      pulse.start();
      if (pulse.silent) throw new DatabaseSilentError();
      return lean(await pool.connect(), known);
    },
    async end() {
      await pool.end();
      pulse.stop();
    },
  };
}

async function lean(client: pg.PoolClient, known: WeakMap<pg.PoolClient, LeanConnection>): Promise<PostgresPoolClient> {
  try {
    const connection = known.get(client) ?? (await LeanConnection.of(client));
    known.set(client, connection);
    await connection.renewPlans();
    return connection;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** A value for a jsonb column. pg would send a top-level array as a Postgres array and a string unquoted. */
export function jsonb<T>(value: T): RawBuilder<T> {
  return sql<T>`${JSON.stringify(value)}::jsonb`;
}
