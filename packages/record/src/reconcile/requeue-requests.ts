import type { FilterNode } from '@gantry/domain/filter/filter-node';
import { statusFromValue, statusValues } from '@gantry/domain/status';
import { type RawBuilder, sql } from 'kysely';
import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';
import { compileFilter } from '../filter/compile-filter.ts';
import { executionFields } from '../filter/execution-fields.ts';
import type { UnfinishedExecution } from './find-unfinished.ts';

/** One request asks for so many at most. */
export const MOST_REQUEUED = 100_000;

/** What is to stop is not set going again. */
const requeueable = (filter: FilterNode): RawBuilder<unknown> => sql`
  select id from executions
  where status = any(${statusValues(['PENDING', 'RUNNING'])}) and stop_reason is null
    and ${compileFilter(filter, executionFields)}
  limit ${MOST_REQUEUED + 1}`;

/** How many executions a request would ask for, of whatever organization; more than MOST_REQUEUED are not counted. */
export async function countRequeueable(db: Database, filter: FilterNode): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (${requeueable(filter)}) as found`.execute(db);
  return rows[0]?.count ?? 0;
}

/**
 * Asks for all that match to be set going again, of whatever organization.
 * @returns how many; undefined, and nothing asked for, if that is more than MOST_REQUEUED
 */
export async function requestRequeue(
  db: Database,
  { filter, texts, actor }: { filter: FilterNode; texts: readonly string[]; actor: Actor },
): Promise<number | undefined> {
  if ((await countRequeueable(db, filter)) > MOST_REQUEUED) return undefined;
  return db.transaction().execute(async (tx) => {
    const { numAffectedRows } = await sql`
      insert into requeue_requests (execution_id) ${requeueable(filter)}
      on conflict (execution_id) do update set requested_at = now()`.execute(tx);
    const count = Number(numAffectedRows ?? 0);
    await audit(tx, actor, { action: 'requeue', resource: 'system', id: '', details: { filter: [...texts], count } });
    return count;
  });
}

/** The executions that were asked for first, and that are still unfinished. Requests for others are forgotten. */
export async function findRequeueRequested(db: Database, limit: number): Promise<UnfinishedExecution[]> {
  await sql`
    delete from requeue_requests where not exists (
      select from executions where id = execution_id and status = any(${statusValues(['PENDING', 'RUNNING'])}))`.execute(
    db,
  );
  const { rows } = await sql<Omit<UnfinishedExecution, 'status'> & { status: number }>`
    select id, status, epoch, stop_reason is not null as stopping, queue_batch as "queueBatch"
    from requeue_requests join executions on id = execution_id
    order by requested_at, id limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, status: statusFromValue(row.status) }));
}

export async function forgetRequeueRequests(db: Database, executionIds: readonly string[]): Promise<void> {
  await sql`delete from requeue_requests where execution_id = any(${executionIds})`.execute(db);
}
