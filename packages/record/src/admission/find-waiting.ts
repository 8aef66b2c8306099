import { behindAssistant, behindRuntime, type Places, type WaitingExecution } from '@gantry/domain/admission';
import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { statusLiteral } from '../executions/status-literals.ts';
import type { UnservedRuntime } from './count-places.ts';
import { unservedRuntimesOf } from './unserved-runtimes.ts';

const REQUESTED = statusLiteral('REQUESTED');

type Waiting = WaitingExecution & { heldBy: string | null };

interface Found {
  id: string;
  priority: number;
  assistant_id: string | null;
  organization_id: string;
  held_by: string | null;
  refs: string[];
}

interface Wanted {
  places: Places;
  unserved: readonly UnservedRuntime[];
  batch: number;
  /** What is older, and less urgent than the first, was passed over for too long; without it, nothing was. */
  bornBefore: Date | undefined;
}

/**
 * The most urgent of the REQUESTED: up to `batch` of those that wait for a place alone, and of each group that is held
 * behind something as many as that has room for again; and the oldest of those that were passed over, as many as have places.
 */
export async function findWaiting(tx: Tx, { places, unserved, batch, bornBefore }: Wanted): Promise<Waiting[]> {
  const runtimes = new Set(unserved.map(({ runtime }) => runtime));
  const room = roomBehind(places, runtimes);
  const lanes = (await heldLanes(tx)).flatMap((name) => {
    const quota = Math.min(room.get(name) ?? batch, batch);
    return quota > 0 ? [{ name, quota }] : [];
  });
  const refs = runtimes.size > 0 ? sql`jsonb_path_query_array(pipeline, '$.steps[*].ref')` : sql`'[]'::jsonb`;
  const columns = sql`id, priority, assistant_id, organization_id, held_by, ${refs} as refs`;
  const { rows: urgent } = await sql<Found>`
    (select ${columns} from executions where status = ${REQUESTED} and held_by is null order by priority desc, id limit ${batch})
    union all
    select held.* from jsonb_to_recordset(${JSON.stringify(lanes)}::jsonb) as lane(name text, quota int)
    cross join lateral (
      select ${columns} from executions where status = ${REQUESTED} and held_by = lane.name order by priority desc, id limit lane.quota
    ) as held`.execute(tx);
  const turns = Math.min(places.passedOver, batch);
  const old = urgent.length > 0 && bornBefore && turns > 0 ? await findPassedOver(tx, columns, bornBefore, turns) : [];
  const passedOver = new Set(old.map(({ id }) => id));
  const rows = [...old, ...urgent.filter(({ id }) => !passedOver.has(id))];
  const unservedRuntimeOf = await unservedRuntimesOf(tx, rows, runtimes);
  return rows.map((row) => ({
    id: row.id,
    priority: row.priority,
    assistantId: row.assistant_id,
    heldBy: row.held_by,
    unservedRuntime: unservedRuntimeOf(row),
    passedOver: passedOver.has(row.id),
  }));
}

/** Of those that are less urgent than the first: one look into the index for each priority. */
async function findPassedOver(tx: Tx, columns: RawBuilder<unknown>, bornBefore: Date, count: number): Promise<Found[]> {
  const waits = sql`status = ${REQUESTED} and held_by is null`;
  const { rows } = await sql<Found>`
    with recursive lower(priority) as (
      select max(priority) from executions where ${waits}
      union all
      select (select max(priority) from executions where ${waits} and priority < lower.priority) from lower where priority is not null
    )
    select old.* from lower cross join lateral (
      select ${columns}, created_at from executions where ${waits} and priority = lower.priority order by id limit ${count}
    ) as old
    where old.priority < (select max(priority) from lower) and old.created_at < ${bornBefore} order by old.id limit ${count}`.execute(
    tx,
  );
  return rows;
}

/** What executions are held behind: one look into the index for each. */
async function heldLanes(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    with recursive lanes(name) as (
      select min(held_by) from executions where status = ${REQUESTED} and held_by is not null
      union all
      select (select min(held_by) from executions where status = ${REQUESTED} and held_by > lanes.name) from lanes where name is not null
    ) select name from lanes where name is not null`.execute(tx);
  return rows.map(({ name }) => name);
}

/** How many more may come from behind what there is still; what is there no more holds nobody. */
function roomBehind(places: Places, unserved: ReadonlySet<string>): Map<string, number> {
  return new Map([
    ...[...places.assistants].map(([id, free]) => [behindAssistant(id), free] as const),
    ...[...unserved].map((runtime) => [behindRuntime(runtime), places.unserved] as const),
  ]);
}
