import { executionCountsQuerySchema } from '@gantry/contracts/http/counted-hours';
import { executionCountsSchema } from '@gantry/contracts/http/execution-counts';
import { countByAssistant, countByHour, type StatusCounts } from '@gantry/record/rollups/count-executions';
import { route } from '../http/route.ts';
import { checkAssistant } from './counted-assistant.ts';

const MAX_ASSISTANTS = 1_000;

export const countExecutions = route({
  method: 'get',
  path: '/api/execution-counts',
  summary: 'How many executions were created in each hour, or by each assistant, by their present status',
  scopes: ['executions:read'],
  query: executionCountsQuerySchema,
  answers: { 200: executionCountsSchema },
  errors: ['ASSISTANT_NOT_FOUND'],
  async handle({ caller: { organizationId }, query }, deps) {
    const { from, to, by, assistantId } = query;
    await checkAssistant(deps, organizationId, assistantId);
    const hours = { organizationId, from, to, assistantId };
    const counts =
      by === 'hour'
        ? Array.from(await countByHour(deps.db, hours), ([hour, statuses]) => counted(hour, null, statuses))
        : Array.from(await countByAssistant(deps.db, hours, MAX_ASSISTANTS), ([id, statuses]) =>
            counted(null, id, statuses),
          );
    return { status: 200, body: { from: from.toISOString(), to: to.toISOString(), counts } };
  },
});

function counted(hour: string | null, assistantId: string | null, statuses: Partial<StatusCounts>) {
  const total = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  return { hour, assistantId, total, statuses };
}
