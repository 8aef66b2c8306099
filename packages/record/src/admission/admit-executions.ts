import type { ExecutionJob } from '@gantry/contracts/execution-job';
import { behindRuntime, byPriorityThenAge, chooseExecutions, type Urgent } from '@gantry/domain/admission';
import { statusValue } from '@gantry/domain/status';
import { sql } from 'kysely';
import { noteChanges } from '../changes/changes.ts';
import type { Tx } from '../connection/database.ts';
import { executionJob } from '../executions/execution-job.ts';
import { queueBatches } from '../executions/queue-batches.ts';
import { statusLiteral } from '../executions/status-literals.ts';
import { familiesOf } from '../families/families-of.ts';
import { replanJobs } from '../reconcile/replan-jobs.ts';
import type { Row } from '../schema/tables.ts';
import { countPlaces, type UnservedRuntime } from './count-places.ts';
import { findWaiting } from './find-waiting.ts';

const REQUESTED = statusLiteral('REQUESTED');

export interface Admission {
  /** How many unfinished executions Redis may hold, about. */
  limit: number;
  /** At most so many are looked at; the rest comes in the next round. With 0, nobody is admitted. */
  batch: number;
  now: Date;
  /** How long one may wait while more urgent ones are admitted; without it, as long as there are such. */
  patienceMs?: number | undefined;
  unserved: readonly UnservedRuntime[];
  /** Without it, nobody is admitted beyond the limit. */
  urgent?: Urgent;
}

/**
 * Makes REQUESTED executions PENDING, by priority and then age, as long as there are places: of the whole, and of each
 * assistant that limits its own. Closes the door when the limit is passed, opens it when nobody waits for a place any more.
 * @returns whether another round may admit more at once
 */
export async function admitExecutions(tx: Tx, admission: Admission): Promise<boolean> {
  const { limit, batch, now, patienceMs, unserved } = admission;
  const { places, admitted: before } = await countPlaces(tx, admission);
  const bornBefore = patienceMs === undefined ? undefined : new Date(now.getTime() - patienceMs);
  const find = async () =>
    places.all + places.urgent.places + (bornBefore ? places.passedOver : 0) > 0
      ? findWaiting(tx, { places, unserved, batch, bornBefore })
      : [];
  let waiting = await find();
  const areAll = before < limit && waiting.length <= Math.min(places.all, Math.max(batch - 1, 0));
  const opening = areAll && (await holdClosedDoor(tx));
  if (opening) waiting = await find();
  const choice = chooseExecutions(waiting, { ...places, all: Math.min(places.all, batch) });
  const admitted = await admit(tx, choice.admitted, now);
  const heldBy = new Map(waiting.map((execution) => [execution.id, execution.heldBy]));
  await hold(
    tx,
    choice.held.filter(({ id, behind }) => heldBy.get(id) !== behind),
  );
  const after = before + admitted.length;
  if (after > limit) await sql`update admission set open = false where open`.execute(tx);
  if (opening && after < limit && !(await anyoneWaitsForAPlace(tx))) {
    await sql`update admission set open = true`.execute(tx);
  }
  tx.after.enqueue.push(...(await jobsOf(tx, admitted)));
  return waiting.length >= batch && choice.admitted.length + choice.held.length > 0;
}

async function jobsOf(tx: Tx, admitted: readonly Row<'executions'>[]): Promise<ExecutionJob[]> {
  const familyOf = await familiesOf(tx, admitted);
  // Those that begin in the middle go on from a step as others do that are planned again.
  const inTheMiddle = admitted.filter(({ from_step }) => from_step !== null);
  const again = new Map((await replanJobs(tx, inTheMiddle)).map((job) => [job.executionId, job]));
  return admitted.map((execution) => {
    const { firstStep, input } = again.get(execution.id) ?? {};
    const job = executionJob(execution, familyOf(execution));
    return firstStep === undefined || input === undefined ? job : { ...job, firstStep, input };
  });
}

/** Leaves out what somebody is cancelling, or has. */
async function admit(tx: Tx, ids: readonly string[], now: Date): Promise<Row<'executions'>[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Row<'executions'>>`
    select * from executions where id = any(${ids}) and status = ${REQUESTED} order by id for update skip locked`.execute(
    tx,
  );
  const waiting = rows.sort(byPriorityThenAge);
  const batchOf = queueBatches(waiting);
  const admitted = waiting.map((row) => ({
    ...row,
    status: statusValue('PENDING'),
    change_sequence: row.change_sequence + 1,
    queue_batch: batchOf.get(row.id) ?? null,
  }));
  const said = admitted.map(({ id, queue_batch }) => ({ id, queue_batch }));
  await sql`
    update executions set status = ${statusValue('PENDING')}, held_by = null, updated_at = ${now},
      change_sequence = change_sequence + 1, queue_batch = said.queue_batch
    from jsonb_to_recordset(${JSON.stringify(said)}::jsonb) as said(id uuid, queue_batch uuid)
    where executions.id = said.id`.execute(tx);
  noteChanges(tx, 'status', admitted);
  return admitted;
}

async function hold(tx: Tx, held: readonly { id: string; behind: string }[]): Promise<void> {
  if (held.length === 0) return;
  await sql`
    with chosen as (
      select executions.id as chosen_id, said.behind
      from executions join jsonb_to_recordset(${JSON.stringify(held)}::jsonb) as said(id uuid, behind text) using (id)
      where status = ${REQUESTED} order by executions.id for update of executions skip locked
    )
    update executions set held_by = behind from chosen where id = chosen_id`.execute(tx);
}

/**
 * Before the door opens: waits for those that found it closed and are still inserting, and makes those that come now wait
 * for us. Whoever ingests takes the door first and rows after it, so we do. A lock of its row could be waited for without
 * end: those who share that do not queue up behind us.
 * @returns false, holding nothing, when it is open
 */
async function holdClosedDoor(tx: Tx): Promise<boolean> {
  const { open } = await tx.selectFrom('admission').select('open').executeTakeFirstOrThrow();
  if (!open) await sql`lock table admission in exclusive mode`.execute(tx);
  return !open;
}

/** Those behind the limit of their assistant always come this way; they do not keep the door closed. */
async function anyoneWaitsForAPlace(tx: Tx): Promise<boolean> {
  const { rows } = await sql`
    (select from executions where status = ${REQUESTED} and held_by is null limit 1)
    union all
    (select from executions where status = ${REQUESTED} and held_by like ${behindRuntime('%')} limit 1)`.execute(tx);
  return rows.length > 0;
}
