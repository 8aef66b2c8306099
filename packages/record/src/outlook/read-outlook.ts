import type { Held } from '../admission/pauses.ts';
import type { Database } from '../connection/database.ts';
import { prepared } from '../connection/prepared.ts';
import { type DeadlineLook, oldestUnfinished, someTimedOut } from '../deadlines/deadline-look.ts';
import { IN_REDIS_LITERALS, statusLiteral, UNFINISHED_LITERALS } from '../executions/status-literals.ts';
import type { History } from '../leader/history.ts';
import { anyDueWebhook } from '../webhooks/due-deliveries.ts';

/** What there may be to do for whoever leads. */
export interface Outlook extends DeadlineLook, History {
  /** Executions are admitted as they come. */
  doorOpen: boolean | null;
  /** Somebody waits in the record for a place in Redis. */
  requested: boolean;
  /** Some execution is one that Redis should have. */
  inRedis: boolean;
  /** Ids, which grow with time; null where there is nothing. */
  newestExecution: string | null;
  oldestExecution: string | null;
  oldestEvent: string | null;
  /** Some bulk operation is not finished. */
  bulk: boolean;
  /** Until the next schedule is due: not above 0 when one is. Null without schedules. */
  nextScheduleInMs: number | null;
  /** Numbers of pages have changed since they were summed up. */
  deltas: boolean;
  /** Some webhook is to be sent something now. */
  deliveries: boolean;
  /** Operators want executions set going again. */
  requeue: boolean;
  /** All that is paused, whoever's it is. */
  held: Held[];
}

/**
 * Everything that a leader looks for again and again, at the price of one statement: at rest there is none of it, and
 * asking is most of what it costs. Each part is found by an index, or in a small table.
 */
export async function readOutlook(db: Database): Promise<Outlook> {
  const { rows } = await prepared<Outlook>`
    select clock_timestamp() as now, lineage, beat, (select open from admission) as "doorOpen",
      exists (select from executions where status = ${statusLiteral('REQUESTED')}) as requested,
      exists (select from executions where status in ${IN_REDIS_LITERALS} and status in ${UNFINISHED_LITERALS}) as "inRedis",
      (select id from executions order by id desc limit 1) as "newestExecution",
      (select id from executions order by id limit 1) as "oldestExecution",
      (select id from events order by id limit 1) as "oldestEvent",
      ${oldestUnfinished} as oldest, ${someTimedOut} as "timedOut",
      exists (select from bulk_operations where finished_at is null) as bulk,
      (select (extract(epoch from min(next_at) - clock_timestamp()) * 1000)::float8 from schedules) as "nextScheduleInMs",
      exists (select from execution_count_deltas) or exists (select from execution_value_count_deltas)
        or exists (select from step_duration_deltas) as deltas,
      ${anyDueWebhook} as deliveries, exists (select from requeue_requests) as requeue,
      (select coalesce(json_agg(json_build_object('kind', kind, 'target', target) order by kind, target), '[]') from pauses)
        as held
    from leader`.execute(db);
  const [outlook] = rows;
  if (outlook === undefined) throw new RangeError('the record has one leader row');
  return outlook;
}
