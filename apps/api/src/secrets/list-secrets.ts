import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { secretSchema } from '@gantry/contracts/http/secret';
import { listSecrets as listInRecord } from '@gantry/record/secrets/list-secrets';
import { secretFields } from '@gantry/record/secrets/secret-fields';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { secretAnswer } from './secret-answer.ts';

export const listSecrets = route({
  method: 'get',
  path: '/api/secrets',
  summary: 'List the secrets that are kept, without their values',
  scopes: READ_CONFIGURATION,
  query: listQuerySchema,
  answers: { 200: pageSchema(secretSchema) },
  async handle({ caller: { organizationId }, query }, { db }) {
    const { rows, page } = await listInRecord(db, organizationId, listRequest(query, secretFields));
    return { status: 200, body: pageAnswer(rows.map(secretAnswer), page, query) };
  },
});
