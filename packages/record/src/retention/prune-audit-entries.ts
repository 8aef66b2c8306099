import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { idFloor } from './id-floor.ts';
import type { Pruning } from './prune-executions.ts';

/** Forgets the oldest of what was done before an instant. */
export async function pruneAuditEntries(tx: Tx, { before, batch }: Pruning): Promise<void> {
  await sql`
    delete from audit_entries where id in (
      select id from audit_entries where id < ${idFloor(before)} order by id limit ${batch} for update skip locked
    )`.execute(tx);
}
