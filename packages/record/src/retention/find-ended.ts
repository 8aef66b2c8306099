import { statusValues, UNFINISHED_STATUSES } from '@gantry/domain/status';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';

/** @returns those of the executions that are finished, or not in the record at all; finished ones stay so */
export async function findEnded(db: Database, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select id from executions where id = any(${ids}) and status = any(${statusValues(UNFINISHED_STATUSES)})`.execute(
    db,
  );
  const unfinished = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !unfinished.has(id));
}
