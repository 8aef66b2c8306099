import { webhookWithSecretSchema } from '@gantry/contracts/http/webhook';
import { newWebhookSecret } from '@gantry/outbound/webhook-signature';
import { rotateSecret as rotateInRecord } from '@gantry/record/webhooks/rotate-secret';
import { notFound } from '../http/api-error.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { webhookAnswer } from './webhook-answer.ts';

export const rotateSecret = route({
  method: 'post',
  path: '/api/webhooks/:id/rotate-secret',
  summary: 'Give a webhook a new secret and show it; for a day the one before signs too',
  scopes: ['assistants:write'],
  params: idParams,
  secretAnswer: true,
  answers: { 200: webhookWithSecretSchema },
  async handle({ caller, params: { id } }, { db }) {
    const { organizationId } = caller;
    const row = await rotateInRecord(db, { organizationId, id, secret: newWebhookSecret() }, caller);
    if (row === undefined) throw notFound('webhook', id);
    return { status: 200, body: { ...webhookAnswer(row), secret: row.secret } };
  },
});
