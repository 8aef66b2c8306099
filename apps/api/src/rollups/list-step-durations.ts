import { hoursQuerySchema } from '@gantry/contracts/http/counted-hours';
import { stepDurationsSchema } from '@gantry/contracts/http/step-durations';
import { listStepDurations as listInRecord } from '@gantry/record/rollups/list-step-durations';
import { route } from '../http/route.ts';

const MAX_MODULES = 1_000;

export const listStepDurations = route({
  method: 'get',
  path: '/api/step-durations',
  summary: 'How long the steps of each module took',
  scopes: ['executions:read'],
  query: hoursQuerySchema,
  answers: { 200: stepDurationsSchema },
  async handle({ caller: { organizationId }, query: { from, to } }, { db }) {
    const modules = await listInRecord(db, { organizationId, from, to }, MAX_MODULES);
    return {
      status: 200,
      body: {
        from: from.toISOString(),
        to: to.toISOString(),
        modules: modules.map(({ ref, runs, failed, total_ms, p50_ms, p90_ms, p99_ms }) => ({
          ref,
          runs,
          failed,
          meanMs: total_ms / runs,
          p50Ms: p50_ms,
          p90Ms: p90_ms,
          p99Ms: p99_ms,
        })),
      },
    };
  },
});
