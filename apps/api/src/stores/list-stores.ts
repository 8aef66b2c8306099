import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { storeSchema } from '@gantry/contracts/http/store';
import { listStores as listFromRecord } from '@gantry/record/stores/list-stores';
import { storeFields } from '@gantry/record/stores/store-fields';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { storeAnswer } from './store-answer.ts';

export const listStores = route({
  method: 'get',
  path: '/api/stores',
  summary: 'List document stores',
  scopes: READ_CONFIGURATION,
  query: listQuerySchema,
  answers: { 200: pageSchema(storeSchema) },
  async handle({ caller: { organizationId }, query }, { db }) {
    const { rows, page } = await listFromRecord(db, organizationId, listRequest(query, storeFields));
    return { status: 200, body: pageAnswer(rows.map(storeAnswer), page, query) };
  },
});
