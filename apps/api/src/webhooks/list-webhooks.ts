import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { webhookSchema } from '@gantry/contracts/http/webhook';
import { listWebhooks as listInRecord } from '@gantry/record/webhooks/list-webhooks';
import { webhookFields } from '@gantry/record/webhooks/webhook-fields';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { webhookAnswer } from './webhook-answer.ts';

export const listWebhooks = route({
  method: 'get',
  path: '/api/webhooks',
  summary: 'List where events are told, without the secrets',
  scopes: READ_CONFIGURATION,
  query: listQuerySchema,
  answers: { 200: pageSchema(webhookSchema) },
  async handle({ caller: { organizationId }, query }, { db }) {
    const { rows, page } = await listInRecord(db, organizationId, listRequest(query, webhookFields));
    return { status: 200, body: pageAnswer(rows.map(webhookAnswer), page, query) };
  },
});
