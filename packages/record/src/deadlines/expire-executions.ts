import { statusesFor } from '@gantry/domain/command';
import { exception } from '@gantry/domain/exception-details';
import { type ExecutionStatus, statusValue } from '@gantry/domain/status';
import { STEP_STATUSES } from '@gantry/domain/step-status';
import { type RawBuilder, sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { type ChangedRow, changedColumns, noteChanges } from '../changes/changes.ts';
import { jsonb, type Tx } from '../connection/database.ts';
import { becoming } from '../executions/command-sql.ts';
import { statusLiteral, UNFINISHED_LITERALS } from '../executions/status-literals.ts';
import { settleReplacements } from '../reprocess/settle-replacements.ts';
import { announceEnded } from '../webhooks/announced-executions.ts';

const RUNNING = statusLiteral('RUNNING');

export interface Expiry {
  now: Date;
  /** How long an execution may wait from its creation until its first step starts. */
  queueWaitLimitMs: number;
  /** At most so many of each kind are ended at once; the rest comes in the next round. */
  batch: number;
}

type Expired = ChangedRow & { epoch: number };

/** An execution is given its id no later than so after the instant it is created at. */
const ID_SLACK_MS = 60_000;

/**
 * Ends what is past its deadline. What waited too long fails at once; what is RUNNING gets the stop reason TIMEOUT and
 * fails once it has stopped. The brake is applied to all of them.
 */
export async function expireExecutions(tx: Tx, expiry: Expiry): Promise<void> {
  const { now, queueWaitLimitMs, batch } = expiry;
  const bornBefore = new Date(now.getTime() - queueWaitLimitMs);
  const { rows: timedOut } = await sql<Expired>`
    update executions set stop_reason = 'TIMEOUT', updated_at = ${now}, change_sequence = change_sequence + 1
    where id in (
      select id from executions
      where ${isTimedOut(sql`${now}`)}
      order by id limit ${batch} for update skip locked
    ) returning ${changedColumns()}, epoch`.execute(tx);
  const waited: Expired[] = [];
  for (const status of statusesFor('expire')) waited.push(...(await failWaiting(tx, status, bornBefore, expiry)));
  const { rows: unstarted } = await sql<Expired>`
    update executions set stop_reason = 'TIMEOUT', updated_at = ${now}, change_sequence = change_sequence + 1
    where id in (
      select id from executions
      where status = ${RUNNING} and status in ${UNFINISHED_LITERALS} and stop_reason is null and ${isBornBefore(bornBefore)}
        and not exists (select from execution_steps where execution_id = executions.id and status <> ${STEP_STATUSES.PENDING} and reused_from is null)
      order by id limit ${batch} for update skip locked
    ) returning ${changedColumns()}, epoch`.execute(tx);
  await settleReplacements(
    tx,
    waited.map(({ id }) => id),
    now,
  );
  noteChanges(tx, 'status', [...timedOut, ...waited, ...unstarted]);
  for (const { id, epoch } of [...timedOut, ...waited, ...unstarted]) tx.after.brake.push({ executionId: id, epoch });
  await announceEnded(tx, waited, now);
}

/** Whether a row runs for longer than it may, and was not told to stop. */
export function isTimedOut(now: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`(status = ${RUNNING} and stop_reason is null and timeout_seconds is not null
    and started_at + make_interval(secs => timeout_seconds) < ${now})`;
}

/** By its id too, which an index has. */
function isBornBefore(instant: Date): RawBuilder<boolean> {
  return sql`(created_at < ${instant} and id < ${lowestIdOf(instant.getTime() + ID_SLACK_MS)})`;
}

/** A statement for each status: so it is a range of the index that finds the few old ones among a million that wait. */
async function failWaiting(
  tx: Tx,
  status: ExecutionStatus,
  bornBefore: Date,
  { now, batch }: Expiry,
): Promise<Expired[]> {
  const error = exception(
    'QUEUE_WAIT_EXCEEDED',
    'No step of the execution was started within the time it may wait.',
    'Start workers for its module runtime, or raise QUEUE_WAIT_LIMIT.',
  );
  const { rows } = await sql<Expired>`
    update executions set status = ${becoming('expire')}, dedup_key = null, finished_at = ${now}, updated_at = ${now},
      change_sequence = change_sequence + 1, exception_details = ${jsonb(error)}
    where id in (
      select id from executions
      where status = ${statusValue(status)} and status in ${UNFINISHED_LITERALS}
        and ${isBornBefore(bornBefore)}
      order by id limit ${batch} for update skip locked
    ) returning ${changedColumns()}, epoch`.execute(tx);
  return rows;
}

/** Ids begin with the time they were given at (uuid v7). */
function lowestIdOf(ms: number): string {
  return uuidv7({ msecs: ms, seq: 0, random: new Uint8Array(16) });
}
