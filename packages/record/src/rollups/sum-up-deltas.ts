import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';

/**
 * Sums the changes of numbers up into the numbers: what they add up to stays the same. Safe to run twice, also at once.
 * @returns whether more may be left
 */
export async function sumUpDeltas(tx: Tx, batch: number): Promise<boolean> {
  const executions = await sumUpExecutions(tx, batch);
  const durations = await sumUpDurations(tx, batch);
  return executions || durations;
}

async function sumUpExecutions(tx: Tx, batch: number): Promise<boolean> {
  const { rows } = await sql<{ taken: number; zeros: number }>`
    with ${taken('execution_count_deltas', batch)}, sums as (
      insert into execution_counts
      select organization_id, hour, assistant_id, status, failure_group, sum(count) from taken
      group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
      on conflict (organization_id, hour, assistant_id, status, failure_group)
        do update set count = execution_counts.count + excluded.count
      returning count
    )
    select (select count(*) from taken) as taken, (select count(*) from sums where count = 0) as zeros`.execute(tx);
  const { taken: count = 0, zeros = 0 } = rows[0] ?? {};
  if (zeros > 0) await sql`delete from execution_counts where count = 0`.execute(tx);
  return count === batch;
}

async function sumUpDurations(tx: Tx, batch: number): Promise<boolean> {
  const { rows } = await sql<{ taken: number }>`
    with ${taken('step_duration_deltas', batch)}, sums as (
      insert into step_durations
      select organization_id, hour, ref, bucket, sum(runs), sum(failed), sum(total_ms) from taken
      group by 1, 2, 3, 4 order by 1, 2, 3, 4
      on conflict (organization_id, hour, ref, bucket) do update set runs = step_durations.runs + excluded.runs,
        failed = step_durations.failed + excluded.failed, total_ms = step_durations.total_ms + excluded.total_ms
    )
    select count(*) as taken from taken`.execute(tx);
  return rows[0]?.taken === batch;
}

function taken(table: string, batch: number) {
  return sql`taken as (
    delete from ${sql.table(table)} where ctid = any(array(
      select ctid from ${sql.table(table)} limit ${batch} for update skip locked
    )) returning *
  )`;
}
