import { bulkOperationSchema } from '@gantry/contracts/http/bulk-operation';
import { abortBulkOperation as abortInRecord } from '@gantry/record/bulk/abort-bulk-operation';
import { ApiError, notFound } from '../http/api-error.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { readBulkOperation } from './start-bulk-operation.ts';

export const abortBulkOperation = route({
  method: 'put',
  path: '/api/bulk-operations/:id/abort',
  summary: 'End a bulk operation where it is; what it has done stays done',
  scopes: ['executions:write'],
  params: idParams,
  answers: { 200: bulkOperationSchema },
  errors: ['BULK_OPERATION_FINISHED'],
  async handle({ caller, params: { id } }, deps) {
    const { organizationId } = caller;
    const outcome = await abortInRecord(deps.db, { organizationId, id, now: new Date(), actor: caller });
    if (outcome === 'not-found') throw notFound('bulk operation', id);
    if (outcome === 'finished') throw new ApiError('BULK_OPERATION_FINISHED', `The bulk operation ${id} is finished.`);
    return { status: 200, body: await readBulkOperation(deps, organizationId, id) };
  },
});
