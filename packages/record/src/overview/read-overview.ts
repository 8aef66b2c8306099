import { type ExecutionStatus, statusValue } from '@gantry/domain/status';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { countAll, countSince, type StatusCounts } from '../rollups/count-executions.ts';

export interface OverviewCounts {
  all: StatusCounts;
  /** Of those that were created within that time. */
  lastHour: StatusCounts;
  last24Hours: StatusCounts;
  last7Days: StatusCounts;
  /** RUNNING ones of which no worker has taken the next slice. */
  forWorkers: number;
  oldestWaiting: { id: string; created_at: Date } | undefined;
}

const HOUR_MS = 3_600_000;

/** Counts an organization's executions by status. */
export async function readOverview(
  db: Database,
  { organizationId, now }: { organizationId: string; now: Date },
): Promise<OverviewCounts> {
  const within = (hours: number) => countSince(db, organizationId, new Date(now.getTime() - hours * HOUR_MS));
  const oldest = (status: ExecutionStatus) => sql`
    (select id, created_at from executions
    where organization_id = ${organizationId} and status = ${statusValue(status)} order by created_at, id limit 1)`;
  const [all, lastHour, last24Hours, last7Days, forWorkers, waiting] = await Promise.all([
    countAll(db, organizationId),
    within(1),
    within(24),
    within(24 * 7),
    countForWorkers(db, organizationId),
    sql<{ id: string; created_at: Date }>`
      ${oldest('PENDING')} union all ${oldest('REQUESTED')} order by created_at, id limit 1`.execute(db),
  ]);
  return { all, lastHour, last24Hours, last7Days, forWorkers, oldestWaiting: waiting.rows[0] };
}

/** Looks at no more executions than admission lets into Redis. */
async function countForWorkers(db: Database, organizationId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from executions, lateral (
      select slice ->> 'leasedAt' as leased_at from jsonb_array_elements(slices) with ordinality as each(slice, place)
      where slice ->> 'finishedAt' is null order by place limit 1
    ) as next
    where organization_id = ${organizationId} and status = ${statusValue('RUNNING')} and leased_at is null`.execute(db);
  return rows[0]?.count ?? 0;
}
