import { executionSliceSchema } from '@gantry/contracts/http/execution-slice';
import { listSteps } from '@gantry/record/executions/list-steps';
import { z } from 'zod';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { readExecutionRow } from './read-execution-row.ts';
import { sliceAnswers } from './slice-answer.ts';

export const listSlices = route({
  method: 'get',
  path: '/api/executions/:id/slices',
  summary: 'The slices of an execution: which worker took which steps, and when',
  scopes: ['executions:read'],
  params: idParams,
  answers: { 200: z.array(executionSliceSchema) },
  async handle({ caller, params }, deps) {
    const row = await readExecutionRow(deps, caller, params.id);
    return { status: 200, body: sliceAnswers(row, await listSteps(deps.db, row.id)) };
  },
});
