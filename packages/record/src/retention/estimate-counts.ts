import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';

/** About how many executions and events there are, as Postgres counted them last; 0 where it has not yet. */
export async function estimateCounts(db: Database): Promise<{ executions: number; events: number }> {
  const { rows } = await sql<{ executions: number; events: number }>`
    select
      (select greatest(reltuples, 0) from pg_class where oid = 'executions'::regclass) as executions,
      (select greatest(reltuples, 0) from pg_class where oid = 'events'::regclass) as events`.execute(db);
  return rows[0] ?? { executions: 0, events: 0 };
}
