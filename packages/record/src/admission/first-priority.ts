import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { statusLiteral } from '../executions/status-literals.ts';

const REQUESTED = statusLiteral('REQUESTED');

/** @returns the priority of the most urgent of those that wait for a place alone, if there are any */
export async function firstPriority(db: Database): Promise<number | undefined> {
  const { rows } = await sql<{ priority: number }>`
    select priority from executions where status = ${REQUESTED} and held_by is null order by priority desc, id limit 1`.execute(
    db,
  );
  return rows[0]?.priority;
}
