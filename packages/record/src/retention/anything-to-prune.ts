import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { idFloor } from './id-floor.ts';

interface Oldest {
  now: Date;
  /** Ids, which grow with time; null where there is nothing. */
  execution: string | null;
  event: string | null;
}

/**
 * Finds out at the price of one statement whether there may be anything to prune.
 * @param before for a time by the clock of the record: what came before it goes; undefined keeps for ever
 */
export async function anythingToPrune(
  db: Database,
  before: { executions: (now: Date) => Date | undefined; events: (now: Date) => Date | undefined },
): Promise<{ executions: boolean; events: boolean }> {
  const { rows } = await sql<Oldest>`
    select clock_timestamp() as now, (select id from executions order by id limit 1) as execution,
      (select id from events order by id limit 1) as event`.execute(db);
  const [oldest] = rows;
  if (oldest === undefined) return { executions: false, events: false };
  const { now, execution, event } = oldest;
  return { executions: isOlder(execution, before.executions(now)), events: isOlder(event, before.events(now)) };
}

function isOlder(id: string | null, before: Date | undefined): boolean {
  return id !== null && before !== undefined && id < idFloor(before);
}
