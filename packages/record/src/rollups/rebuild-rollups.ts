import { STEP_STATUSES } from '@gantry/domain/step-status';
import { sql } from 'kysely';
import type { Database, Tx } from '../connection/database.ts';
import { transaction } from '../connection/transaction.ts';

/** Any number, the same in every api: what one has corrected another does not correct again. */
const LOCK = 7_269_419;

export interface Rebuilt {
  /** How many numbers of executions differed from the record. */
  executions: number;
  /** The same of the durations of steps; those of executions that are gone by now leave the numbers. */
  durations: number;
}

/**
 * Counts an organization's executions and steps anew. What differs is written as one more change, found by one statement
 * that sees the record and the numbers at one moment: nobody is locked out, and what others change meanwhile counts too.
 */
export async function rebuildRollups(db: Database, organizationId: string): Promise<Rebuilt> {
  const { result } = await transaction(db, async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
    return {
      executions: (await correctExecutions(tx, organizationId)) + (await correctValues(tx, organizationId)),
      durations: (await correctDays(tx, organizationId)) + (await correctDurations(tx, organizationId)),
    };
  });
  return result;
}

async function correctExecutions(tx: Tx, organizationId: string): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into execution_count_deltas
    select organization_id, hour, assistant_id, status, failure_group, sum(count) from (
      select organization_id, hour_of(created_at) as hour, assistant_id, status, failure_group, count(*)
      from executions group by 1, 2, 3, 4, 5
      union all select organization_id, hour, assistant_id, status, failure_group, -count from execution_counts
      union all select organization_id, hour, assistant_id, status, failure_group, -count from execution_count_deltas
    ) as counted
    where organization_id = ${organizationId}
    group by 1, 2, 3, 4, 5 having sum(count) <> 0`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

async function correctValues(tx: Tx, organizationId: string): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into execution_value_count_deltas
    select organization_id, field, value, sum(count) from (
      select organization_id, field, value, count(*)
      from executions cross join lateral counted_values(context, pipeline)
      where organization_id = ${organizationId} group by 1, 2, 3
      union all select organization_id, field, value, -count from execution_value_counts
      union all select organization_id, field, value, -count from execution_value_count_deltas
    ) as counted
    where organization_id = ${organizationId}
    group by 1, 2, 3 having sum(count) <> 0`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

async function correctDurations(tx: Tx, organizationId: string): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into step_duration_deltas
    select organization_id, hour, ref, bucket, sum(runs), sum(failed), sum(total_ms) from (
      select organization_id, hour_of(step.finished_at) as hour, ref, duration_bucket(ms) as bucket, count(*) as runs,
        count(*) filter (where step.status = ${STEP_STATUSES.FAILED}) as failed, sum(ms)::bigint as total_ms
      from executions join execution_steps as step on execution_id = executions.id,
        lateral (select (extract(epoch from step.finished_at - step.started_at) * 1000)::bigint as ms) as took
      where step.status in (${STEP_STATUSES.SUCCEEDED}, ${STEP_STATUSES.FAILED})
        and step.started_at is not null and step.finished_at is not null
      group by 1, 2, 3, 4
      union all select organization_id, hour, ref, bucket, -runs, -failed, -total_ms from step_durations
      union all select organization_id, hour, ref, bucket, -runs, -failed, -total_ms from step_duration_deltas
    ) as counted
    where organization_id = ${organizationId}
    group by 1, 2, 3, 4 having sum(runs) <> 0 or sum(failed) <> 0 or sum(total_ms) <> 0`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

/** Days follow the hours; whatever of them does not add up is added. */
async function correctDays(tx: Tx, organizationId: string): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into step_duration_days as days
    select organization_id, day, ref, bucket, sum(runs), sum(failed), sum(total_ms) from (
      select organization_id, day_of(hour) as day, ref, bucket, runs, failed, total_ms from step_durations
      union all select organization_id, day, ref, bucket, -runs, -failed, -total_ms from step_duration_days
    ) as counted
    where organization_id = ${organizationId}
    group by 1, 2, 3, 4 having sum(runs) <> 0 or sum(failed) <> 0 or sum(total_ms) <> 0
    order by 1, 2, 3, 4
    on conflict (organization_id, day, ref, bucket) do update set runs = days.runs + excluded.runs,
      failed = days.failed + excluded.failed, total_ms = days.total_ms + excluded.total_ms`.execute(tx);
  return Number(numAffectedRows ?? 0);
}
