import { executionQuerySchema, executionSchema } from '@gantry/contracts/http/execution';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { readExecution } from './read-execution.ts';

export const getExecution = route({
  method: 'get',
  path: '/api/executions/:id',
  summary: 'Read an execution with its steps and its children; with include=outputs also what the steps gave',
  scopes: ['executions:read'],
  params: idParams,
  query: executionQuerySchema,
  answers: { 200: executionSchema },
  async handle({ caller, params, query }, deps) {
    const outputs = query.include === 'outputs';
    return { status: 200, body: await readExecution(deps, caller, params.id, { outputs }) };
  },
});
