import { idField } from '@gantry/contracts/http/fields';
import { webhookDeliverySchema } from '@gantry/contracts/http/webhook';
import { sendAgain as sendAgainInRecord } from '@gantry/record/webhooks/send-again';
import { notFound } from '../http/api-error.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { readWebhook } from './read-webhook.ts';
import { deliveryAnswer } from './webhook-answer.ts';

export const sendAgain = route({
  method: 'post',
  path: '/api/webhooks/:id/deliveries/:deliveryId/resend',
  summary: 'Send a delivery once more, under the same webhook-id',
  scopes: ['assistants:write'],
  params: idParams.extend({ deliveryId: idField }),
  answers: { 202: webhookDeliverySchema },
  async handle({ caller: { organizationId }, params: { id, deliveryId } }, deps) {
    const { id: webhookId } = await readWebhook(deps, organizationId, id);
    const row = await sendAgainInRecord(deps.db, { webhookId, id: deliveryId, now: new Date() });
    if (row === undefined) throw notFound('delivery', deliveryId);
    return { status: 202, body: deliveryAnswer(row) };
  },
});
