import { type Places, placesLeft, type Urgent } from '@gantry/domain/admission';
import { IN_REDIS_STATUSES, statusValue, statusValues } from '@gantry/domain/status';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { UNFINISHED_LITERALS } from '../executions/status-literals.ts';
import { unservedRuntimesOf } from './unserved-runtimes.ts';

/** A module runtime that no worker serves. */
export interface UnservedRuntime {
  runtime: string;
  /** How many executions wait for it in Redis. */
  waiting: number;
}

const ENOUGH: Urgent = { priority: 0, waiting: Number.POSITIVE_INFINITY, lessUrgent: Number.POSITIVE_INFINITY };

const IN_REDIS = statusValues(IN_REDIS_STATUSES);

/** @returns the places that are left, and how many unfinished executions Redis holds */
export async function countPlaces(
  tx: Tx,
  { limit, unserved, urgent = ENOUGH }: { limit: number; unserved: readonly UnservedRuntime[]; urgent?: Urgent },
): Promise<{ places: Places; admitted: number }> {
  const { rows } = await sql<{ assistant_id: string | null; count: number }>`
    select assistant_id, count(*) as count from executions
    where status = any(${IN_REDIS}) and status in ${UNFINISHED_LITERALS} group by assistant_id`.execute(tx);
  const all = rows.reduce((sum, { count }) => sum + count, 0);
  const ofAssistant = new Map(rows.map(({ assistant_id, count }) => [assistant_id, count]));
  const limited = await tx
    .selectFrom('assistants')
    .select(['id', 'max_concurrent_executions', 'paused'])
    .where((where) => where.or([where('max_concurrent_executions', 'is not', null), where('paused', '=', true)]))
    .execute();
  const assistants = new Map(
    limited.map(({ id, max_concurrent_executions, paused }) => [
      id,
      paused ? 0 : (max_concurrent_executions ?? 0) - (ofAssistant.get(id) ?? 0),
    ]),
  );
  const waiting = unserved.reduce((sum, runtime) => sum + runtime.waiting, await countUnplanned(tx, unserved));
  return { places: { ...placesLeft(limit, { all, unserved: waiting }, urgent), assistants }, admitted: all };
}

/** Those of which the planner has not yet made jobs for these runtimes. */
async function countUnplanned(tx: Tx, unserved: readonly UnservedRuntime[]): Promise<number> {
  if (unserved.length === 0) return 0;
  const { rows } = await sql<{ organization_id: string; refs: string[]; count: number }>`
    select organization_id, jsonb_path_query_array(pipeline, '$.steps[*].ref') as refs, count(*) as count from executions
    where status = ${statusValue('PENDING')} and status in ${UNFINISHED_LITERALS} group by 1, 2`.execute(tx);
  const unservedRuntimeOf = await unservedRuntimesOf(tx, rows, new Set(unserved.map(({ runtime }) => runtime)));
  return rows.reduce((sum, row) => sum + (unservedRuntimeOf(row) === null ? 0 : row.count), 0);
}
