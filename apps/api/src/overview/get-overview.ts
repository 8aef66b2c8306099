import { type Overview, overviewSchema } from '@gantry/contracts/http/overview';
import { readOverview } from '@gantry/record/overview/read-overview';
import type { StatusCounts } from '@gantry/record/rollups/count-executions';
import { readPauses } from '../admin/pauses.ts';
import { route } from '../http/route.ts';

export const getOverview = route({
  method: 'get',
  path: '/api/overview',
  summary: 'How many executions there are in each status, how many were created lately and failed, and what waits',
  scopes: ['executions:read'],
  answers: { 200: overviewSchema },
  async handle({ caller: { organizationId } }, { db }) {
    const now = new Date();
    const [{ all, lastHour, last24Hours, last7Days, forWorkers, oldestWaiting }, pauses] = await Promise.all([
      readOverview(db, { organizationId, now }),
      readPauses(db, organizationId),
    ]);
    const waiting = { admission: all.REQUESTED, planning: all.PENDING, workers: forWorkers };
    return {
      status: 200,
      body: {
        asOf: now.toISOString(),
        total: sum(all),
        statuses: all,
        lastHour: period(lastHour),
        last24Hours: period(last24Hours),
        last7Days: period(last7Days),
        queueDepth: waiting.admission + waiting.planning + waiting.workers,
        waiting,
        pauses,
        oldestPending: oldestWaiting
          ? { id: oldestWaiting.id, createdOn: oldestWaiting.created_at.toISOString() }
          : null,
      },
    };
  },
});

function period(counts: StatusCounts): Overview['lastHour'] {
  const { SUCCEEDED: succeeded, FAILED: failed } = counts;
  const ended = succeeded + failed;
  return {
    created: sum(counts),
    succeeded,
    failed,
    failureRate: ended === 0 ? null : failed / ended,
    statuses: counts,
  };
}

function sum(counts: StatusCounts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
