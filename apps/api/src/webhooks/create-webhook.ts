import { webhookInputSchema, webhookWithSecretSchema } from '@gantry/contracts/http/webhook';
import { newWebhookSecret } from '@gantry/outbound/webhook-signature';
import { findProject } from '@gantry/record/projects/find-project';
import { createWebhook as createInRecord } from '@gantry/record/webhooks/create-webhook';
import { ApiError } from '../http/api-error.ts';
import { route } from '../http/route.ts';
import { checkFilter } from './check-filter.ts';
import { webhookAnswer } from './webhook-answer.ts';

export const createWebhook = route({
  method: 'post',
  path: '/api/webhooks',
  summary: 'Have events told to an address; the answer is the only one that shows the secret they are signed with',
  scopes: ['assistants:write'],
  body: webhookInputSchema,
  secretAnswer: true,
  answers: { 201: webhookWithSecretSchema },
  errors: ['PROJECT_NOT_FOUND', 'TOO_MANY_OF_THEM', 'FILTER_INVALID', 'FILTER_FIELD_UNKNOWN', 'FILTER_TYPE_MISMATCH'],
  async handle({ caller, body }, { db }) {
    const { organizationId } = caller;
    const { url, events, projectId = null, active } = body;
    if (projectId !== null && !(await findProject(db, { organizationId, id: projectId }))) {
      throw new ApiError('PROJECT_NOT_FOUND', `There is no project ${projectId}.`);
    }
    const filter = body.filter?.trim() || null;
    checkFilter(filter, events);
    const name = body.name ?? nameOf(url);
    const webhook = { organizationId, projectId, name, url, events, filter, active: active ?? true };
    const row = await createInRecord(db, { ...webhook, secret: newWebhookSecret() }, caller);
    if (row === undefined) throw new ApiError('TOO_MANY_OF_THEM', 'There are as many webhooks as there may be.');
    return { status: 201, body: { ...webhookAnswer(row), secret: row.secret } };
  },
});

function nameOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return (protocol === 'mailto:' ? pathname : host).slice(0, 200);
}
