import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import type { Window } from './count-executions.ts';

const DAY_MS = 86_400_000;

/** How long the steps of one module took, in whichever spelling and version pipelines refer to it. */
export interface ModuleDurations {
  /** As `module://org/slug`. */
  ref: string;
  runs: number;
  /** Of the runs. */
  failed: number;
  total_ms: number;
  /** Estimated: within a twentieth of what it is. */
  p50_ms: number;
  p90_ms: number;
  p99_ms: number;
}

/** Durations of the steps that ended in these hours by module, those with most runs first: of whole days by day. */
export async function listStepDurations(
  db: Database,
  { organizationId, from, to }: Window & { organizationId: string },
  limit: number,
): Promise<ModuleDurations[]> {
  const [firstDay, lastDay] = wholeDays(from, to);
  const { rows } = await sql<ModuleDurations>`
    with by_spelling as (
      select ref, bucket, sum(runs) as runs, sum(failed) as failed, sum(total_ms) as total_ms
      from (
        select * from step_duration_days where organization_id = ${organizationId} and day >= ${firstDay} and day < ${lastDay}
        union all
        select * from step_durations
        where organization_id = ${organizationId}
          and (hour >= ${from} and hour < ${firstDay} or hour >= ${lastDay} and hour < ${to})
        union all
        select * from step_duration_deltas
        where organization_id = ${organizationId} and hour >= ${from} and hour < ${to}
      ) as durations
      group by ref, bucket
    ), histogram as (
      select 'module://' || regexp_replace(ref, '^module://|:[^/:]*$', '', 'g') as ref, bucket,
        sum(runs) as runs, sum(failed) as failed, sum(total_ms) as total_ms
      from by_spelling group by 1, bucket having sum(runs) > 0
    ), rising as (
      select *, sum(runs) over (partition by ref order by bucket) as up_to, sum(runs) over (partition by ref) as all_runs
      from histogram
    )
    select ref, sum(runs)::bigint as runs, sum(failed)::bigint as failed, sum(total_ms)::bigint as total_ms,
      ${percentile(0.5)} as p50_ms, ${percentile(0.9)} as p90_ms, ${percentile(0.99)} as p99_ms
    from rising group by ref order by runs desc, ref limit ${limit}`.execute(db);
  return rows;
}

/** The days of UTC that lie in the window whole, from the first up to another one; none: its end, twice. */
function wholeDays(from: Date, to: Date): readonly [Date, Date] {
  const first = Math.ceil(from.getTime() / DAY_MS) * DAY_MS;
  const last = Math.floor(to.getTime() / DAY_MS) * DAY_MS;
  return first < last ? [new Date(first), new Date(last)] : [to, to];
}

/** The middle, in milliseconds, of the bucket that the percentile lies in. */
function percentile(share: number) {
  return sql`round(2 ^ ((min(bucket) filter (where up_to >= ${share}::float8 * all_runs) + 0.5) / 8.0) - 1)::float8`;
}
