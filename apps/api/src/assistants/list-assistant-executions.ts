import { executionSchema } from '@gantry/contracts/http/execution';
import { findAssistant } from '@gantry/record/assistants/find-assistant';
import { listExecutions } from '@gantry/record/executions/list-executions';
import { z } from 'zod';
import { executionAnswer } from '../executions/execution-answer.ts';
import { notFound } from '../http/api-error.ts';
import { WHOLE_LIST } from '../http/list-request.ts';
import { route } from '../http/route.ts';
import { ASSISTANT_PATHS, assistantParams } from './assistant-params.ts';

export const listAssistantExecutions = ASSISTANT_PATHS.map((path) =>
  route({
    method: 'get',
    path: `${path}/executions`,
    summary: 'The newest 1,000 executions of an assistant, as an array',
    scopes: ['executions:read'],
    params: assistantParams,
    answers: { 200: z.array(executionSchema) },
    async handle({ caller: { organizationId }, params }, { db }) {
      if (!(await findAssistant(db, { organizationId, ...params }))) throw notFound('assistant', params.id);
      const { views } = await listExecutions(db, { organizationId, assistantId: params.id }, WHOLE_LIST);
      return { status: 200, body: views.map((view) => executionAnswer(view)) };
    },
  }),
);
