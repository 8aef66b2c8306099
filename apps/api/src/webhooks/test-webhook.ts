import { webhookDeliverySchema } from '@gantry/contracts/http/webhook';
import { sendTest } from '@gantry/record/webhooks/send-test';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { readWebhook } from './read-webhook.ts';
import { deliveryAnswer } from './webhook-answer.ts';

export const testWebhook = route({
  method: 'post',
  path: '/api/webhooks/:id/test',
  summary: 'Send the event webhook.test, to see whether it arrives',
  scopes: ['assistants:write'],
  params: idParams,
  answers: { 202: webhookDeliverySchema },
  async handle({ caller: { organizationId }, params: { id } }, deps) {
    const webhook = await readWebhook(deps, organizationId, id);
    return { status: 202, body: deliveryAnswer(await sendTest(deps.db, webhook, new Date())) };
  },
});
