import type { AfterCommit, Committed } from '@gantry/contracts/after-commit';
import { type DatabaseConnection, DummyDriver, PostgresDialect, Transaction } from 'kysely';
import type { Tables } from '../schema/tables.ts';
import type { Database, Tx } from './database.ts';

/** Runs a transaction; what `work` notes in `tx.after` is to be carried out now that it has committed. */
export function transaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<Committed<T>> {
  return db.transaction().execute((kysely) =>
    kysely.getExecutor().provideConnection(async (connection) => {
      const after: AfterCommit = { enqueue: [], brake: [], forget: [], changes: [] };
      return { result: await work(Object.assign(withoutTurns(kysely, connection), { after })), after };
    }),
  );
}

/** Of what a Kysely has besides its executor a transaction uses nothing. */
const dialect = new PostgresDialect({ pool: () => Promise.reject(new Error('a transaction has its connection')) });
const BESIDES = { config: { dialect }, dialect, driver: new DummyDriver() };

/**
 * Kysely keeps each statement of a transaction until the one before has been answered. Here what is asked at the same time goes out
 * at once, and Postgres carries it out in that order.
 */
function withoutTurns(kysely: Transaction<Tables>, connection: DatabaseConnection): Transaction<Tables> {
  const executor = kysely.getExecutor().withConnectionProvider({ provideConnection: (use) => use(connection) });
  return new Transaction({ ...BESIDES, executor });
}
