import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { idFloor } from './id-floor.ts';
import type { Pruning } from './prune-executions.ts';

/** Forgets the oldest deliveries that were made before an instant, and that are over. */
export async function pruneDeliveries(tx: Tx, { before, batch }: Pruning): Promise<void> {
  await sql`
    delete from webhook_deliveries where id in (
      select id from webhook_deliveries where id < ${idFloor(before)} and due_at is null
      order by id limit ${batch} for update skip locked
    )`.execute(tx);
}
