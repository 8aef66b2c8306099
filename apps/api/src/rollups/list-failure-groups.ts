import { assistantHoursQuerySchema } from '@gantry/contracts/http/counted-hours';
import { failureGroupsSchema } from '@gantry/contracts/http/failure-group';
import { listFailureGroups as listInRecord } from '@gantry/record/rollups/list-failure-groups';
import { route } from '../http/route.ts';
import { checkAssistant } from './counted-assistant.ts';

const MAX_GROUPS = 100;

export const listFailureGroups = route({
  method: 'get',
  path: '/api/failure-groups',
  summary: 'What failed, grouped by module, error code and message, with the filter that lists each group',
  scopes: ['executions:read'],
  query: assistantHoursQuerySchema,
  answers: { 200: failureGroupsSchema },
  errors: ['ASSISTANT_NOT_FOUND'],
  async handle({ caller: { organizationId }, query }, deps) {
    const { assistantId } = query;
    await checkAssistant(deps, organizationId, assistantId);
    const [from, to] = [query.from.toISOString(), query.to.toISOString()];
    const groups = await listInRecord(
      deps.db,
      { organizationId, from: query.from, to: query.to, assistantId },
      MAX_GROUPS,
    );
    const within = [
      `createdOn ge '${from}'`,
      `createdOn lt '${to}'`,
      ...(assistantId === undefined ? [] : [`assistantId eq '${assistantId}'`]),
    ];
    return {
      status: 200,
      body: {
        from,
        to,
        groups: groups.map((group) => ({
          id: group.id,
          ref: group.ref,
          code: group.code,
          message: group.shape,
          count: group.count,
          assistantIds: group.assistant_ids,
          lastSeen: group.last_seen.toISOString(),
          lastExecutionId: group.last_id,
          lastMessage: group.last_message,
          filter: [`failureGroup eq '${group.id}'`, ...within].join(' and '),
        })),
      },
    };
  },
});
