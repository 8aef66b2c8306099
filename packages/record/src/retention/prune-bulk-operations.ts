import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { idFloor } from './id-floor.ts';
import type { Pruning } from './prune-executions.ts';

/** Removes the oldest bulk operations that finished before an instant. */
export async function pruneBulkOperations(tx: Tx, { before, batch }: Pruning): Promise<void> {
  await sql`
    delete from bulk_operations where id in (
      select id from bulk_operations where id < ${idFloor(before)} and finished_at < ${before}
      order by id limit ${batch} for update skip locked
    )`.execute(tx);
}
