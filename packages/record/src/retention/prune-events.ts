import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { idFloor } from './id-floor.ts';
import type { Pruning } from './prune-executions.ts';

/** Forgets the oldest events that came before an instant: one that is sent again from now on is a new one. @returns how many */
export async function pruneEvents(tx: Tx, { before, batch }: Pruning): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from events where id in (
      select id from events where id < ${idFloor(before)} order by id limit ${batch} for update skip locked
    )`.execute(tx);
  return Number(numAffectedRows ?? 0);
}
