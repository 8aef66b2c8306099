import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { recentExecutionSchema } from '@gantry/contracts/http/recent-execution';
import { findAssistants } from '@gantry/record/assistants/find-assistants';
import { listExecutions } from '@gantry/record/executions/list-executions';
import { executionFields } from '@gantry/record/filter/execution-fields';
import { assistantAnswer } from '../assistants/assistant-answer.ts';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { route } from '../http/route.ts';
import { executionAnswer } from './execution-answer.ts';
import { placesBefore } from './places-before.ts';

export const listRecentExecutions = route({
  method: 'get',
  path: '/api/recent-executions',
  summary: 'List executions, newest first, each with its assistant',
  scopes: ['executions:read'],
  query: listQuerySchema,
  answers: { 200: pageSchema(recentExecutionSchema) },
  async handle({ caller: { organizationId }, query }, deps) {
    const { db } = deps;
    const { views, page } = await listExecutions(db, { organizationId }, listRequest(query, executionFields));
    const places = await placesBefore(views, deps);
    const executions = views.map((view) => executionAnswer(view, places));
    const ids = [...new Set(executions.flatMap(({ assistantId }) => assistantId ?? []))];
    const assistants = await findAssistants(db, { organizationId, ids });
    const recent = executions.map((execution) => {
      const assistant = assistants.get(execution.assistantId ?? '');
      const { startDate, endDate } = execution;
      return { assistant: assistant ? assistantAnswer(assistant) : null, execution, startDate, endDate };
    });
    return { status: 200, body: pageAnswer(recent, page, query) };
  },
});
