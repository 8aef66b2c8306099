import type { ErrorCode } from '@gantry/contracts/error-catalogue';
import { executionSchema } from '@gantry/contracts/http/execution';
import { restartRequestSchema } from '@gantry/contracts/http/restart';
import { restartExecution as restartInRecord } from '@gantry/record/reprocess/restart-execution';
import { ApiError, badField, notFound } from '../http/api-error.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { readExecution } from './read-execution.ts';

const ERRORS: readonly ErrorCode[] = [
  'EXECUTION_UNFINISHED',
  'EXECUTION_NOT_RUN',
  'EXECUTION_BEING_REPLACED',
  'STEP_NOT_REUSABLE',
  'PIPELINE_DIFFERS',
  'ASSISTANT_NOT_FOUND',
];

export const restartExecution = route({
  method: 'post',
  path: '/api/executions/:id/restart',
  summary: 'Run a finished execution again from a step on, with the outcomes of the steps before it',
  scopes: ['executions:write'],
  params: idParams,
  body: restartRequestSchema,
  answers: { 201: executionSchema },
  errors: ERRORS,
  async handle({ caller, params: { id }, body: request }, deps) {
    const restart = { organizationId: caller.organizationId, executionId: id, request, actor: caller };
    const result = await deps.commits.follow(restartInRecord(deps.db, restart, new Date()));
    switch (result.outcome) {
      case 'not-found':
        throw notFound('execution', id);
      case 'refused': {
        const { refusal } = result;
        if (refusal.code === 'STEP_UNKNOWN') throw badField(refusal.field, refusal.message);
        throw new ApiError(refusal.code, refusal.message);
      }
      case 'created':
        return { status: 201, body: await readExecution(deps, caller, result.executionId) };
    }
  },
});
