import type { ExecutionJob } from '@gantry/contracts/execution-job';
import { statusValue, statusValues } from '@gantry/domain/status';
import { sql } from 'kysely';
import { noteChanges } from '../changes.ts';
import type { Tx } from '../database.ts';
import { executionJob } from '../execution-job.ts';
import { familiesOf } from '../families-of.ts';
import type { Row } from '../tables.ts';

export interface Admission {
  /** How many unfinished executions Redis may hold, about. */
  limit: number;
  /** At most so many are admitted at once; the rest comes in the next round. */
  batch: number;
  now: Date;
}

const IN_REDIS = statusValues(['PENDING', 'RUNNING', 'CANCELLING']);
const REQUESTED = statusValue('REQUESTED');

/**
 * Makes REQUESTED executions PENDING, by priority and then age, as long as there are places: of the whole, and of each
 * assistant that limits its own. Closes the door when the limit is passed, opens it when nobody waits for a place any more.
 * @returns the jobs of the admitted, in order, to be enqueued after the commit
 */
export async function admitExecutions(tx: Tx, { limit, batch, now }: Admission): Promise<ExecutionJob[]> {
  // Waits for the transactions that read the door as it was, and makes those that come now wait for us.
  const { rows: door } = await sql<{ open: boolean }>`select open from admission for update`.execute(tx);
  const open = door[0]?.open ?? true;
  const places = limit - (await countUnfinished(tx));
  const admitted = await admit(tx, Math.min(Math.max(places, 0), batch), now);
  const next = open ? places >= 0 : !(await anyoneWaitsForAPlace(tx));
  if (next !== open) await sql`update admission set open = ${next}`.execute(tx);
  const familyOf = await familiesOf(tx, admitted);
  return admitted.map((execution) => executionJob(execution, familyOf(execution)));
}

async function countUnfinished(tx: Tx): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from executions where status = any(${IN_REDIS}) and status in (0, 1, 4, 6)`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** Those of assistants with a limit of their own always come this way; they do not keep the door closed. */
async function anyoneWaitsForAPlace(tx: Tx): Promise<boolean> {
  const { rows } = await sql`
    select from executions left join assistants on assistants.id = executions.assistant_id
    where executions.status = 4 and assistants.max_concurrent_executions is null limit 1`.execute(tx);
  return rows.length > 0;
}

/** Looks at the most urgent of the waiting only, leaving out assistants that are at their own limit. */
async function admit(tx: Tx, places: number, now: Date): Promise<Row<'executions'>[]> {
  if (places === 0) return [];
  const { rows } = await sql<Row<'executions'>>`
    with limited as (
      select assistants.id, max_concurrent_executions - (
        select count(*) from executions where assistant_id = assistants.id and status = any(${IN_REDIS}) and status in (0, 1, 4, 6)
      ) as free
      from assistants where max_concurrent_executions is not null
    ), candidates as (
      select executions.id, executions.priority, limited.free,
        row_number() over (partition by executions.assistant_id order by executions.priority desc, executions.id) as place
      from executions left join limited on limited.id = executions.assistant_id
      where executions.status = 4 and (limited.free is null or limited.free > 0)
    ), chosen as (
      select id from candidates where free is null or place <= free
      order by priority desc, id limit ${places}
    )
    update executions set status = ${statusValue('PENDING')}, updated_at = ${now}, change_sequence = change_sequence + 1
    where id in (select id from chosen) and status = ${REQUESTED}
    returning *`.execute(tx);
  noteChanges(tx, 'status', rows);
  return rows.sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
}
