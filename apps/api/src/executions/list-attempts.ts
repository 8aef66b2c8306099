import { stepAttemptSchema } from '@gantry/contracts/http/step-attempt';
import { listAttempts as listInRecord } from '@gantry/record/executions/list-attempts';
import { z } from 'zod';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { readExecutionRow } from './read-execution-row.ts';

export const listAttempts = route({
  method: 'get',
  path: '/api/executions/:id/attempts',
  summary: 'Every attempt of the steps of an execution: on which worker, when, and how it ended',
  scopes: ['executions:read'],
  params: idParams,
  answers: { 200: z.array(stepAttemptSchema) },
  async handle({ caller, params }, deps) {
    const { id } = await readExecutionRow(deps, caller, params.id);
    const attempts = await listInRecord(deps.db, id);
    return {
      status: 200,
      body: attempts.map(({ step, number, workerId, startedAt, finishedAt, outcome, error }) => ({
        step,
        number,
        workerId,
        outcome,
        exceptionDetails: error,
        startedAt: new Date(startedAt).toISOString(),
        finishedAt: finishedAt === null ? null : new Date(finishedAt).toISOString(),
        durationMs: finishedAt === null ? null : Math.max(0, finishedAt - startedAt),
      })),
    };
  },
});
