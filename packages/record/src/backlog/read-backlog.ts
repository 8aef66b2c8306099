import { statusValue } from '@gantry/domain/status';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';

/** What waits in the record, of all organizations. */
export interface Backlog {
  /** Executions that wait for a place in Redis; counted up to 100,000. */
  requested: number;
  /** How long the schedule is overdue that should have fired first. */
  scheduleLagSeconds: number;
  bulkOperations: number;
  /** Of bulk operations that are not finished, still to be done. */
  bulkItems: number;
}

const COUNTED = 100_000;

export async function readBacklog(db: Database): Promise<Backlog> {
  const { rows } = await sql<Backlog>`
    select
      (select count(*) from (
        select from executions where status = ${statusValue('REQUESTED')} limit ${COUNTED}) as held) as "requested",
      (select coalesce(greatest(extract(epoch from clock_timestamp() - min(next_at)), 0), 0)::float8
        from schedules) as "scheduleLagSeconds",
      count(*) as "bulkOperations", coalesce(sum(total - done - failed), 0)::bigint as "bulkItems"
    from bulk_operations where finished_at is null`.execute(db);
  const [backlog] = rows;
  if (backlog === undefined) throw new TypeError('an aggregate has one row');
  return backlog;
}
