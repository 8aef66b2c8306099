import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { webhookDeliverySchema } from '@gantry/contracts/http/webhook';
import { deliveryFields } from '@gantry/record/webhooks/delivery-fields';
import { listDeliveries as listInRecord } from '@gantry/record/webhooks/list-deliveries';
import { idParams } from '../http/id-params.ts';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { readWebhook } from './read-webhook.ts';
import { deliveryAnswer } from './webhook-answer.ts';

export const listDeliveries = route({
  method: 'get',
  path: '/api/webhooks/:id/deliveries',
  summary: 'What was told to a webhook, newest first: how often it was tried, and what came of it',
  scopes: READ_CONFIGURATION,
  params: idParams,
  query: listQuerySchema,
  answers: { 200: pageSchema(webhookDeliverySchema) },
  async handle({ caller: { organizationId }, params, query }, deps) {
    const { id } = await readWebhook(deps, organizationId, params.id);
    const { rows, page } = await listInRecord(deps.db, id, listRequest(query, deliveryFields));
    return { status: 200, body: pageAnswer(rows.map(deliveryAnswer), page, query) };
  },
});
