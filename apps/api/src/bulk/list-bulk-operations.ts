import { bulkOperationSchema } from '@gantry/contracts/http/bulk-operation';
import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { bulkFields } from '@gantry/record/bulk/bulk-fields';
import { listBulkOperations as listFromRecord } from '@gantry/record/bulk/list-bulk-operations';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { route } from '../http/route.ts';
import { bulkAnswer } from './bulk-answer.ts';

export const listBulkOperations = route({
  method: 'get',
  path: '/api/bulk-operations',
  summary: 'List bulk operations, newest first',
  scopes: ['executions:read', 'executions:write'],
  query: listQuerySchema,
  answers: { 200: pageSchema(bulkOperationSchema) },
  async handle({ caller: { organizationId }, query }, { db }) {
    const { rows, page } = await listFromRecord(db, organizationId, listRequest(query, bulkFields));
    return { status: 200, body: pageAnswer(rows.map(bulkAnswer), page, query) };
  },
});
