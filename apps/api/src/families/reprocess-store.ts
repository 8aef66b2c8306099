import { bulkOperationSchema, bulkReprocessSchema } from '@gantry/contracts/http/bulk-operation';
import { findMissing } from '@gantry/record/bulk/find-missing';
import { findStore } from '@gantry/record/stores/find-store';
import { startBulkOperation } from '../bulk/start-bulk-operation.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { route } from '../http/route.ts';
import { STORE_PATH, storeParams } from './store-families.ts';

export const reprocessStore = route({
  method: 'put',
  path: `${STORE_PATH}/reprocess`,
  summary: 'Run assistants on document families of a store again; none named: all that processed them before',
  scopes: ['executions:write'],
  params: storeParams,
  body: bulkReprocessSchema,
  answers: { 200: bulkOperationSchema },
  errors: ['ASSISTANT_NOT_FOUND', 'BULK_TOO_LARGE', 'TOO_MANY_BULK_OPERATIONS'],
  async handle({ caller, params, body }, deps) {
    const { organizationId } = caller;
    const store = await findStore(deps.db, { organizationId, ...params });
    if (store === undefined) throw notFound('store', `${params.orgSlug}/${params.slug}:${params.version}`);
    const familyIds = body.all ? [] : [...new Set(body.familyIds)];
    const assistantIds = [...new Set(body.assistantIds)];
    const missing = await findMissing(deps.db, { organizationId, storeId: store.id, familyIds, assistantIds });
    if (missing?.what === 'family') throw notFound('document family', missing.id);
    if (missing) throw new ApiError('ASSISTANT_NOT_FOUND', `There is no assistant ${missing.id}.`);
    const selection = {
      ...({ kind: 'REPROCESS', storeId: store.id, assistantIds } as const),
      familyIds: body.all ? ('all' as const) : familyIds,
    };
    return {
      status: 200,
      body: await startBulkOperation(deps, { organizationId, selection, filter: [], actor: caller }),
    };
  },
});
