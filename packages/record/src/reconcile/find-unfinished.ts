import { type ExecutionStatus, statusFromValue, statusValues } from '@gantry/domain/status';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';

export interface UnfinishedExecution {
  id: string;
  status: ExecutionStatus;
  epoch: number;
  stopping: boolean;
}

/**
 * A page of the executions that somebody should be working on, by id after `afterId`.
 * @param settledBefore leaves out what changed after it: that is still on its way
 */
export async function findUnfinished(
  db: Database,
  { afterId, settledBefore, limit }: { afterId: string; settledBefore: Date; limit: number },
): Promise<UnfinishedExecution[]> {
  const { rows } = await sql<{ id: string; status: number; epoch: number; stopping: boolean }>`
    select id, status, epoch, stop_reason is not null as stopping from executions
    where status = any(${statusValues(['PENDING', 'RUNNING', 'CANCELLING'])}) and status in (0, 1, 4, 6)
      and id > ${afterId} and updated_at < ${settledBefore}
    order by id limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, status: statusFromValue(row.status) }));
}
