import { bulkFailureSchema } from '@gantry/contracts/http/bulk-operation';
import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { bulkFailureFields, listBulkFailures as listInRecord } from '@gantry/record/bulk/list-bulk-failures';
import { idParams } from '../http/id-params.ts';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { route } from '../http/route.ts';
import { readBulkOperation } from './start-bulk-operation.ts';

export const listBulkFailures = route({
  method: 'get',
  path: '/api/bulk-operations/:id/failures',
  summary: 'What a bulk operation could not do, and why',
  scopes: ['executions:read', 'executions:write'],
  params: idParams,
  query: listQuerySchema,
  answers: { 200: pageSchema(bulkFailureSchema) },
  async handle({ caller: { organizationId }, params, query }, deps) {
    const { id } = await readBulkOperation(deps, organizationId, params.id);
    const { rows, page } = await listInRecord(deps.db, id, listRequest(query, bulkFailureFields));
    const failures = rows.map(({ ordinal, execution_id, assistant_id, document_family_id, code, message }) => ({
      id: ordinal,
      executionId: execution_id,
      assistantId: assistant_id,
      documentFamilyId: document_family_id,
      code,
      message,
    }));
    return { status: 200, body: pageAnswer(failures, page, query) };
  },
});
