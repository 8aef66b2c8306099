import { apiKeySchema } from '@gantry/contracts/http/api-key';
import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { keyFields } from '@gantry/record/keys/key-fields';
import { listKeys as listFromRecord } from '@gantry/record/keys/list-keys';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { route } from '../http/route.ts';
import { keyAnswer } from './key-answer.ts';

export const listKeys = route({
  method: 'get',
  path: '/api/keys',
  summary: 'List the API keys of the organization, without their secrets',
  scopes: ['admin'],
  query: listQuerySchema,
  answers: { 200: pageSchema(apiKeySchema) },
  async handle({ caller: { organizationId }, query }, { db }) {
    const { rows, page } = await listFromRecord(db, organizationId, listRequest(query, keyFields));
    return { status: 200, body: pageAnswer(rows.map(keyAnswer), page, query) };
  },
});
