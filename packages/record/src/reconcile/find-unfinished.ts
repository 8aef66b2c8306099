import {
  type ExecutionStatus,
  IN_REDIS_STATUSES,
  statusFromValue,
  statusValue,
  statusValues,
} from '@gantry/domain/status';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { UNFINISHED_LITERALS } from '../executions/status-literals.ts';

export interface UnfinishedExecution {
  id: string;
  status: ExecutionStatus;
  epoch: number;
  stopping: boolean;
  /** The job in which it waits for its first planning together with others. */
  queueBatch: string | null;
}

/**
 * What a worker of a newer version reported of it waits for a leader of that version, which an upgrade brings. After an
 * hour it is worked on again all the same.
 */
const waitsForNewerLeader = sql`
  status = ${statusValue('RUNNING')} and stop_reason is null and exists (
    select from facts_set_aside where execution_id = executions.id and set_aside_at > now() - interval '1 hour')`;

/**
 * A page of the executions that somebody should be working on, by id after `afterId`.
 * @param settledMs leaves out what changed in this time: that is still on its way
 */
export async function findUnfinished(
  db: Database,
  { afterId, settledMs, limit }: { afterId: string; settledMs: number; limit: number },
): Promise<UnfinishedExecution[]> {
  const { rows } = await sql<Omit<UnfinishedExecution, 'status'> & { status: number }>`
    select id, status, epoch, stop_reason is not null as stopping, queue_batch as "queueBatch" from executions
    where status = any(${statusValues(IN_REDIS_STATUSES)}) and status in ${UNFINISHED_LITERALS}
      and not (${waitsForNewerLeader})
      and id > ${afterId} and updated_at < clock_timestamp() - make_interval(secs => ${settledMs / 1_000})
    order by id limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, status: statusFromValue(row.status) }));
}
