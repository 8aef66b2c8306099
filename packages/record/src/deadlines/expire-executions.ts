import { exception } from '@gantry/domain/exception-details';
import { statusValue, statusValues } from '@gantry/domain/status';
import { sql } from 'kysely';
import { type ChangedRow, changedColumns, noteChanges } from '../changes.ts';
import { jsonb, type Tx } from '../database.ts';
import { settleReplacements } from '../settle-replacements.ts';

export interface Expiry {
  now: Date;
  /** How long an execution may wait from its creation until its first step starts. */
  queueWaitLimitMs: number;
  /** At most so many of each kind are ended at once; the rest comes in the next round. */
  batch: number;
}

/**
 * Ends what is past its deadline. What waited too long fails at once; what is RUNNING gets the stop reason TIMEOUT and
 * fails once it has stopped.
 * @returns the executions to which the brake is to be applied
 */
export async function expireExecutions(tx: Tx, expiry: Expiry): Promise<{ executionId: string; epoch: number }[]> {
  const { now, queueWaitLimitMs, batch } = expiry;
  const { rows: timedOut } = await sql<{ id: string; epoch: number }>`
    update executions set stop_reason = 'TIMEOUT', updated_at = ${now}, change_sequence = change_sequence + 1
    where id in (
      select id from executions
      where status = 1 and stop_reason is null and timeout_seconds is not null
        and started_at + make_interval(secs => timeout_seconds) < ${now}
      order by id limit ${batch} for update skip locked
    ) returning id, epoch`.execute(tx);
  const { rows: waited } = await sql<ChangedRow & { epoch: number }>`
    update executions set status = ${statusValue('FAILED')}, dedup_key = null, finished_at = ${now}, updated_at = ${now},
      change_sequence = change_sequence + 1,
      exception_details = ${jsonb(exception('QUEUE_WAIT_EXCEEDED', 'No step of the execution was started within the time it may wait.', 'Start workers for its module runtime, or raise QUEUE_WAIT_LIMIT.'))}
    where id in (
      select id from executions
      where status = any(${statusValues(['PENDING', 'REQUESTED'])}) and status in (0, 1, 4, 6)
        and created_at < ${new Date(now.getTime() - queueWaitLimitMs)}
      order by id limit ${batch} for update skip locked
    ) returning ${changedColumns()}, epoch`.execute(tx);
  noteChanges(tx, 'status', waited);
  const { rows: unstarted } = await sql<{ id: string; epoch: number }>`
    update executions set stop_reason = 'TIMEOUT', updated_at = ${now}, change_sequence = change_sequence + 1
    where id in (
      select id from executions
      where status = 1 and stop_reason is null and created_at < ${new Date(now.getTime() - queueWaitLimitMs)}
        and not exists (select from execution_steps where execution_id = executions.id and status <> 0)
      order by id limit ${batch} for update skip locked
    ) returning id, epoch`.execute(tx);
  await settleReplacements(
    tx,
    waited.map(({ id }) => id),
    now,
  );
  return [...timedOut, ...waited, ...unstarted].map(({ id, epoch }) => ({ executionId: id, epoch }));
}
