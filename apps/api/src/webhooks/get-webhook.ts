import { webhookSchema } from '@gantry/contracts/http/webhook';
import { idParams } from '../http/id-params.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { readWebhook } from './read-webhook.ts';
import { webhookAnswer } from './webhook-answer.ts';

export const getWebhook = route({
  method: 'get',
  path: '/api/webhooks/:id',
  summary: 'Read where events are told, and how that goes',
  scopes: READ_CONFIGURATION,
  params: idParams,
  answers: { 200: webhookSchema },
  async handle({ caller: { organizationId }, params: { id } }, deps) {
    return { status: 200, body: webhookAnswer(await readWebhook(deps, organizationId, id)) };
  },
});
