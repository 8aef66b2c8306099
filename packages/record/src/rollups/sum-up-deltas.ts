import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';

/**
 * Sums the changes of numbers up into the numbers: what they add up to stays the same. Safe to run twice, also at once.
 * @returns whether more may be left
 */
export async function sumUpDeltas(tx: Tx, batch: number): Promise<boolean> {
  const executions = await sumUpExecutions(tx, batch);
  const values = await sumUpValues(tx, batch);
  const durations = await sumUpDurations(tx, batch);
  return executions || values || durations;
}

function sumUpExecutions(tx: Tx, batch: number): Promise<boolean> {
  return sumUpCounts(
    tx,
    'execution_count',
    ['organization_id', 'hour', 'assistant_id', 'status', 'failure_group'],
    batch,
  );
}

function sumUpValues(tx: Tx, batch: number): Promise<boolean> {
  return sumUpCounts(tx, 'execution_value_count', ['organization_id', 'field', 'value'], batch);
}

async function sumUpCounts(tx: Tx, name: string, by: readonly string[], batch: number): Promise<boolean> {
  const counts = sql.table(`${name}s`);
  const key = sql.join(by.map((column) => sql.ref(column)));
  const { rows } = await sql<{ taken: number; zeros: number }>`
    with ${taken(`${name}_deltas`, batch)}, sums as (
      insert into ${counts} select ${key}, sum(count) from taken group by ${key} order by ${key}
      on conflict (${key}) do update set count = ${counts}.count + excluded.count
      returning count
    )
    select (select count(*) from taken) as taken, (select count(*) from sums where count = 0) as zeros`.execute(tx);
  const { taken: count = 0, zeros = 0 } = rows[0] ?? {};
  if (zeros > 0) await sql`delete from ${counts} where count = 0`.execute(tx);
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
