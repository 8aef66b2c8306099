import type { RawBuilder } from 'kysely';
import { prepared } from '../connection/prepared.ts';
import type { FoldedExecution } from './save-states.ts';

/** Counts the steps that these facts say have run, by module and duration. */
export function savingDurations(changed: readonly FoldedExecution[]): RawBuilder<unknown> {
  const runs = changed.flatMap(endedRuns);
  return prepared`
    insert into step_duration_deltas
    select organization_id, hour_of(ended_at), ref, duration_bucket(ms), count(*), count(*) filter (where failed), sum(ms)
    from jsonb_to_recordset(${JSON.stringify(runs)}::jsonb)
      as run(organization_id uuid, ref text, ended_at timestamptz, ms bigint, failed boolean)
    group by 1, 2, 3, 4`;
}

function endedRuns({ row, state, after }: FoldedExecution) {
  return after.steps.flatMap((step, ordinal) => {
    const ref = row.pipeline.steps[ordinal]?.ref;
    const { status, startedAt, finishedAt } = step;
    const ran = status === 'SUCCEEDED' || status === 'FAILED';
    if (ref === undefined || !ran || startedAt === null || finishedAt === null) return [];
    if (state.steps[ordinal]?.status === status) return [];
    const run = {
      organization_id: row.organization_id,
      ref,
      ended_at: new Date(finishedAt).toISOString(),
      ms: Math.max(0, finishedAt - startedAt),
      failed: status === 'FAILED',
    };
    return [run];
  });
}
