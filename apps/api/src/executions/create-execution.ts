import { executionInputSchema, executionSchema } from '@gantry/contracts/http/execution';
import { createExecution as createInRecord } from '@gantry/record/executions/create-execution';
import { ApiError } from '../http/api-error.ts';
import { checkPipelineSize } from '../http/check-pipeline-size.ts';
import { route } from '../http/route.ts';
import { readExecution } from './read-execution.ts';

export const createExecution = route({
  method: 'post',
  path: '/api/executions',
  summary: 'Run an assistant, or a pipeline of its own, with a given context',
  scopes: ['executions:write'],
  body: executionInputSchema,
  answers: { 201: executionSchema },
  errors: ['ASSISTANT_NOT_FOUND', 'PROJECT_NOT_FOUND'],
  async handle({ caller, body, traceparent }, deps) {
    checkPipelineSize(body.pipeline);
    const creating = createInRecord(deps.db, {
      organizationId: caller.organizationId,
      projectId: body.projectId ?? null,
      assistantId: body.assistantId ?? null,
      pipeline: body.pipeline ?? null,
      priority: body.priority ?? null,
      context: body.context ?? {},
      parameters: body.parameters ?? {},
      description: body.description ?? null,
      traceparent,
      now: new Date(),
    });
    const result = await deps.commits.follow(creating);
    if (result.outcome === 'not-found') {
      const code = result.what === 'assistant' ? 'ASSISTANT_NOT_FOUND' : 'PROJECT_NOT_FOUND';
      throw new ApiError(code, `There is no such ${result.what}.`);
    }
    return { status: 201, body: await readExecution(deps, caller, result.executionId) };
  },
});
