import { bulkOperationSchema } from '@gantry/contracts/http/bulk-operation';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { readBulkOperation } from './start-bulk-operation.ts';

export const getBulkOperation = route({
  method: 'get',
  path: '/api/bulk-operations/:id',
  summary: 'How far a bulk operation is',
  scopes: ['executions:read', 'executions:write'],
  params: idParams,
  answers: { 200: bulkOperationSchema },
  async handle({ caller: { organizationId }, params: { id } }, deps) {
    return { status: 200, body: await readBulkOperation(deps, organizationId, id) };
  },
});
