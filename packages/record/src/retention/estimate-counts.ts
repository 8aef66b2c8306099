import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';

export interface Counts {
  executions: number;
  events: number;
  idempotency_keys: number;
}

/** About how many there are, as Postgres counted them last; 0 where it has not yet. */
export async function estimateCounts(db: Database): Promise<Counts> {
  const { rows } = await sql<Counts>`
    select
      (select greatest(reltuples, 0) from pg_class where oid = 'executions'::regclass) as executions,
      (select greatest(reltuples, 0) from pg_class where oid = 'events'::regclass) as events,
      (select greatest(reltuples, 0) from pg_class where oid = 'idempotency_keys'::regclass) as idempotency_keys`.execute(
    db,
  );
  return rows[0] ?? { executions: 0, events: 0, idempotency_keys: 0 };
}
