import { deleteExecution as deleteFromRecord } from '@gantry/record/executions/delete-execution';
import { z } from 'zod';
import { ApiError, notFound } from '../http/api-error.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';

export const deleteExecution = route({
  method: 'delete',
  path: '/api/executions/:id',
  summary: 'Remove a finished execution',
  scopes: ['executions:write'],
  params: idParams,
  answers: { 204: z.undefined() },
  errors: ['EXECUTION_UNFINISHED'],
  async handle({ caller, params: { id } }, { db, commits }) {
    const deleted = deleteFromRecord(db, { organizationId: caller.organizationId, id, actor: caller });
    switch (await commits.follow(deleted)) {
      case 'deleted':
        return { status: 204, body: undefined };
      case 'not-found':
        throw notFound('execution', id);
      case 'unfinished':
        throw new ApiError('EXECUTION_UNFINISHED', `The execution ${id} is not finished: cancel it first.`);
    }
  },
});
