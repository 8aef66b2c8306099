import type { FilterTest } from '@gantry/domain/filter/filter-node';
import { type ExecutionStatus, executionStatusNames, statusFromValue } from '@gantry/domain/status';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { everyTest, type RollUp } from '../paging/roll-up.ts';

/** A time from an instant up to another one. */
export interface Window {
  from: Date;
  to: Date;
}

export type StatusCounts = Record<ExecutionStatus, number>;

const HOUR_MS = 3_600_000;

/** The beginning of the hour, of UTC, that an instant is in. */
function hourOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);
}

export interface CountedHours extends Window {
  organizationId: string;
  /** Of one assistant alone. */
  assistantId?: string | undefined;
}

/** Numbers and their latest changes: what they add up to is how it is at this moment. */
export const COUNTS = sql`(select * from execution_counts union all select * from execution_count_deltas) as counts`;

/** What lists of executions are counted by: the status, the assistant, and whole hours of the creation. */
export const EXECUTION_ROLL_UP: RollUp = {
  told: (filter) => (everyTest(filter, tells) ? { from: COUNTED, filter } : undefined),
};

const COUNTED = sql`(
  select organization_id, assistant_id, status, hour as created_at, count from ${COUNTS}
) as executions`;

function tells(test: FilterTest): boolean {
  const { name } = test.field;
  if (name !== 'createdOn') return name === 'status' || name === 'assistantId' || name === 'organizationId';
  if (test.kind !== 'order' || typeof test.value !== 'string') return false;
  const at = new Date(test.value);
  return (test.operator === '>=' || test.operator === '<') && hourOf(at).getTime() === at.getTime();
}

/** @param of whole hours, in which executions were created */
function counted({ organizationId, from, to, assistantId }: CountedHours) {
  return sql`organization_id = ${organizationId} and hour >= ${from} and hour < ${to}
    and ${assistantId === undefined ? sql`true` : sql`assistant_id = ${assistantId}`}`;
}

/** By hour and status; hours without executions are left out. */
export async function countByHour(db: Database, of: CountedHours): Promise<Map<string, Partial<StatusCounts>>> {
  const { rows } = await sql<{ hour: Date; status: number; count: number }>`
    select hour, status, sum(count)::bigint as count from ${COUNTS} where ${counted(of)}
    group by hour, status having sum(count) > 0 order by hour, status`.execute(db);
  return grouped(rows.map(({ hour, status, count }) => [hour.toISOString(), status, count]));
}

/** By assistant (null: none) and status, those with most executions first. */
export async function countByAssistant(
  db: Database,
  of: CountedHours,
  limit: number,
): Promise<Map<string | null, Partial<StatusCounts>>> {
  const { rows } = await sql<{ assistant_id: string | null; status: number; count: number }>`
    with counted as (
      select assistant_id, status, sum(count)::bigint as count from ${COUNTS} where ${counted(of)}
      group by assistant_id, status having sum(count) > 0
    )
    select counted.* from counted join (
      select assistant_id, sum(count) as total from counted group by assistant_id order by total desc limit ${limit}
    ) as largest on counted.assistant_id is not distinct from largest.assistant_id
    order by total desc, assistant_id, status`.execute(db);
  return grouped(rows.map(({ assistant_id, status, count }) => [assistant_id, status, count]));
}

/** All executions of an organization, by status. */
export async function countAll(db: Database, organizationId: string): Promise<StatusCounts> {
  const { rows } = await sql<{ status: number; count: number }>`
    select status, sum(count)::bigint as count from ${COUNTS} where organization_id = ${organizationId}
    group by status`.execute(db);
  return countsOf(rows);
}

/** Those created since an instant, exactly: the hours that lie behind it whole, and what of its own hour came after it. */
export async function countSince(db: Database, organizationId: string, since: Date): Promise<StatusCounts> {
  const next = new Date(hourOf(since).getTime() + HOUR_MS);
  const { rows } = await sql<{ status: number; count: number }>`
    select status, sum(count)::bigint as count from (
      select status, count from ${COUNTS} where organization_id = ${organizationId} and hour >= ${next}
      union all
      select status, count(*) from executions
      where organization_id = ${organizationId} and created_at >= ${since} and created_at < ${next} group by status
    ) as parts group by status`.execute(db);
  return countsOf(rows);
}

function countsOf(rows: readonly { status: number; count: number }[]): StatusCounts {
  const counts = Object.fromEntries(executionStatusNames.map((name) => [name, 0])) as StatusCounts;
  for (const { status, count } of rows) counts[statusFromValue(status)] = count;
  return counts;
}

function grouped<Key>(rows: readonly (readonly [Key, number, number])[]): Map<Key, Partial<StatusCounts>> {
  const groups = new Map<Key, Partial<StatusCounts>>();
  for (const [key, status, count] of rows) {
    const counts = groups.get(key) ?? {};
    counts[statusFromValue(status)] = count;
    groups.set(key, counts);
  }
  return groups;
}
