import { sql } from 'kysely';
import type { Database, Tx } from '../connection/database.ts';

/** A fact that a newer version of Gantry reported, and that waits for a leader of that version. */
export interface FactSetAside {
  executionId: string;
  shape: number;
  /** The id of its journal entry. */
  entry: string;
  /** JSON. */
  fact: string;
}

/** Keeps them with their executions; those of executions that are gone say nothing to anybody. */
export async function setFactsAside(tx: Tx, facts: readonly FactSetAside[]): Promise<void> {
  await sql`
    insert into facts_set_aside (execution_id, shape, entry, fact)
    select told."executionId", told.shape, told.entry, told.fact
    from jsonb_to_recordset(${JSON.stringify(facts)}::jsonb)
      as told ("executionId" uuid, shape integer, entry text, fact text)
    join executions on executions.id = told."executionId"`.execute(tx);
}

/** The oldest of those that a leader can read now. */
export async function readFactsSetAside(
  db: Database,
  { newestShape, limit }: { newestShape: number; limit: number },
): Promise<(FactSetAside & { id: string })[]> {
  const { rows } = await sql<FactSetAside & { id: string }>`
    select id::text, execution_id as "executionId", shape, entry, fact from facts_set_aside
    where shape <= ${newestShape} order by facts_set_aside.id limit ${limit}`.execute(db);
  return rows;
}

/** They are folded now. */
export async function dropFactsSetAside(tx: Tx, ids: readonly string[]): Promise<void> {
  await sql`delete from facts_set_aside where id = any(${ids}::bigint[])`.execute(tx);
}
