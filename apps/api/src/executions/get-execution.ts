import { executionSchema } from '@gantry/contracts/http/execution';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { readExecution } from './read-execution.ts';

export const getExecution = route({
  method: 'get',
  path: '/api/executions/:id',
  summary: 'Read an execution with its steps, what they gave, and its children',
  scopes: ['executions:read'],
  params: idParams,
  answers: { 200: executionSchema },
  async handle({ caller, params }, deps) {
    return { status: 200, body: await readExecution(deps, caller, params.id) };
  },
});
