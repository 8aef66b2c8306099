import { executionSchema } from '@gantry/contracts/http/execution';
import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { listExecutions as listFromRecord } from '@gantry/record/executions/list-executions';
import { executionFields } from '@gantry/record/filter/execution-fields';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { route } from '../http/route.ts';
import { executionAnswer } from './execution-answer.ts';
import { placesBefore } from './places-before.ts';

export const listExecutions = route({
  method: 'get',
  path: '/api/executions',
  summary: 'List executions, newest first',
  scopes: ['executions:read'],
  query: listQuerySchema,
  answers: { 200: pageSchema(executionSchema) },
  async handle({ caller, query }, deps) {
    const { organizationId } = caller;
    const { views, page } = await listFromRecord(deps.db, { organizationId }, listRequest(query, executionFields));
    const places = await placesBefore(views, deps);
    const executions = views.map((view) => executionAnswer(view, places));
    return { status: 200, body: pageAnswer(executions, page, query) };
  },
});
