import { type ExecutionStatus, executionStatusNames, statusFromValue, statusValue } from '@gantry/domain/status';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';

type Counts = Record<ExecutionStatus, number>;

export interface OverviewCounts {
  all: Counts;
  /** Of those that were created within that time. */
  lastHour: Counts;
  last24Hours: Counts;
  oldestWaiting: { id: string; created_at: Date } | undefined;
}

const HOUR_MS = 3_600_000;

/** Counts an organization's executions by status. Indexes alone serve it, but for those of the last 24 hours. */
export async function readOverview(
  db: Database,
  { organizationId, now }: { organizationId: string; now: Date },
): Promise<OverviewCounts> {
  const since = (hours: number) => new Date(now.getTime() - hours * HOUR_MS);
  const oldest = (status: ExecutionStatus) => sql`
    (select id, created_at from executions
    where organization_id = ${organizationId} and status = ${statusValue(status)} order by created_at, id limit 1)`;
  const [all, recent, waiting] = await Promise.all([
    sql<{ status: number; count: number }>`
      select status, count(*) as count from executions where organization_id = ${organizationId}
      group by status`.execute(db),
    sql<{ status: number; hour: number; day: number }>`
      select status, count(*) as day, count(*) filter (where created_at >= ${since(1)}) as hour
      from executions where organization_id = ${organizationId} and created_at >= ${since(24)}
      group by status`.execute(db),
    sql<{ id: string; created_at: Date }>`
      ${oldest('PENDING')} union all ${oldest('REQUESTED')} order by created_at, id limit 1`.execute(db),
  ]);
  return {
    all: countsOf(all.rows.map(({ status, count }) => [status, count])),
    lastHour: countsOf(recent.rows.map(({ status, hour }) => [status, hour])),
    last24Hours: countsOf(recent.rows.map(({ status, day }) => [status, day])),
    oldestWaiting: waiting.rows[0],
  };
}

function countsOf(entries: readonly (readonly [number, number])[]): Counts {
  const counts = Object.fromEntries(executionStatusNames.map((name) => [name, 0])) as Counts;
  for (const [status, count] of entries) counts[statusFromValue(status)] = count;
  return counts;
}
