import type { AfterCommit, Committed } from '@gantry/contracts/after-commit';
import type { Database, Tx } from './database.ts';

/** Runs a transaction; what `work` notes in `tx.after` is to be carried out now that it has committed. */
export function transaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<Committed<T>> {
  return db.transaction().execute(async (kysely) => {
    const after: AfterCommit = { enqueue: [], brake: [], forget: [], changes: [] };
    return { result: await work(Object.assign(kysely, { after })), after };
  });
}
