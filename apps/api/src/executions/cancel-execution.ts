import { executionSchema } from '@gantry/contracts/http/execution';
import { cancelExecution as cancelInRecord } from '@gantry/record/executions/cancel-execution';
import { ApiError, notFound } from '../http/api-error.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { readExecution } from './read-execution.ts';

export const cancelExecution = route({
  method: 'put',
  path: '/api/executions/:id/cancel',
  summary: 'Cancel an execution and everything it caused',
  scopes: ['executions:write'],
  params: idParams,
  answers: { 200: executionSchema },
  errors: ['EXECUTION_FINISHED'],
  async handle({ caller, params: { id } }, deps) {
    const { organizationId } = caller;
    const result = await deps.commits.follow(
      cancelInRecord(deps.db, { organizationId, executionId: id, now: new Date(), actor: caller }),
    );
    switch (result.outcome) {
      case 'not-found':
        throw notFound('execution', id);
      case 'finished':
        throw new ApiError('EXECUTION_FINISHED', `The execution ${id} is finished: it is ${result.status}.`);
      case 'cancelling':
        return { status: 200, body: await readExecution(deps, caller, id) };
    }
  },
});
