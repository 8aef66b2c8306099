import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { idFloor } from './id-floor.ts';
import { PRUNABLE } from './prune-executions.ts';

/** More are not counted. */
const MOST = 1_000_000;

/** How many there are that finished, or came, before an instant; none of what is to be kept for ever. */
export async function countPrunable(
  db: Database,
  before: { executions: Date | undefined; events: Date | undefined },
): Promise<{ executions: number; events: number }> {
  const counted = { executions: 0, events: 0 };
  if (before.executions !== undefined) {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from (
        select from executions where id < ${idFloor(before.executions)} and finished_at < ${before.executions}
          and status = any(${PRUNABLE}) limit ${MOST}) as old`.execute(db);
    counted.executions = rows[0]?.count ?? 0;
  }
  if (before.events !== undefined) {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from (
        select from events where id < ${idFloor(before.events)} limit ${MOST}) as old`.execute(db);
    counted.events = rows[0]?.count ?? 0;
  }
  return counted;
}
