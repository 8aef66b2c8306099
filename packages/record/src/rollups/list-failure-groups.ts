import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import type { CountedHours } from './count-executions.ts';

export interface FailureGroup {
  id: string;
  /** Of the module that failed; null when it was no step's failure. */
  ref: string | null;
  code: string | null;
  /** The message, without the parts that differ each time. */
  shape: string;
  count: number;
  /** Whose executions they are, those with most first. */
  assistant_ids: string[];
  last_seen: Date;
  /** The execution that failed last. */
  last_id: string;
  last_message: string | null;
}

const MAX_ASSISTANTS = 10;

/** What failed alike of the executions created in these hours and is FAILED still, what failed last first. */
export async function listFailureGroups(
  db: Database,
  { organizationId, from, to, assistantId }: CountedHours,
  limit: number,
): Promise<FailureGroup[]> {
  const ofAssistant = assistantId === undefined ? sql`true` : sql`assistant_id = ${assistantId}`;
  const { rows } = await sql<FailureGroup>`
    with by_assistant as (
      select failure_group, assistant_id, sum(count)::bigint as count
      from (select * from execution_counts union all select * from execution_count_deltas) as counts
      where organization_id = ${organizationId} and hour >= ${from} and hour < ${to} and failure_group is not null
        and ${ofAssistant}
      group by failure_group, assistant_id having sum(count) > 0
    ), counted as (
      select failure_group, sum(count)::bigint as count,
        (array_agg(assistant_id order by count desc) filter (where assistant_id is not null))[1:${sql.lit(MAX_ASSISTANTS)}]
          as assistant_ids
      from by_assistant group by failure_group
    ), latest as (
      -- Groups are many when messages are: those that nobody looks at are not looked up.
      select * from counted order by count desc limit ${limit * 5}
    )
    select failure_group as id, last.ref, last.code, message_shape(coalesce(last.message, '')) as shape, count,
      coalesce(assistant_ids, '{}') as assistant_ids, last.finished_at as last_seen, last.id as last_id, last.message as last_message
    from latest cross join lateral (
      select id, finished_at, failed_ref(executions) as ref, exception_details ->> 'errorType' as code,
        exception_details ->> 'message' as message
      from executions
      where organization_id = ${organizationId} and failure_group = latest.failure_group
        and created_at >= ${from} and created_at < ${to} and ${ofAssistant}
      order by finished_at desc, id desc limit 1
    ) as last
    order by last.finished_at desc limit ${limit}`.execute(db);
  return rows;
}
