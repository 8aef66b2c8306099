import { webhookSchema, webhookUpdateSchema } from '@gantry/contracts/http/webhook';
import { updateWebhook as updateInRecord } from '@gantry/record/webhooks/update-webhook';
import { changed } from '../http/changed.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { checkFilter } from './check-filter.ts';
import { readWebhook } from './read-webhook.ts';
import { webhookAnswer } from './webhook-answer.ts';

export const updateWebhook = route({
  method: 'put',
  path: '/api/webhooks/:id',
  summary: 'Change a webhook, switch it off or on again; what is left out stays',
  scopes: ['assistants:write'],
  params: idParams,
  body: webhookUpdateSchema,
  answers: { 200: webhookSchema },
  errors: ['STALE_CHANGE_SEQUENCE', 'FILTER_INVALID', 'FILTER_FIELD_UNKNOWN', 'FILTER_TYPE_MISMATCH'],
  async handle({ caller, params: { id }, body }, deps) {
    const { organizationId } = caller;
    const standing = await readWebhook(deps, organizationId, id);
    const { changeSequence = null, name, url, events, active } = body;
    const filter = body.filter === undefined ? undefined : body.filter?.trim() || null;
    checkFilter(filter === undefined ? standing.filter : filter, events ?? standing.events);
    const values = { name: name ?? undefined, url, events, filter, active: active ?? undefined };
    const outcome = await updateInRecord(deps.db, { organizationId, id, changeSequence, values }, caller);
    return { status: 200, body: webhookAnswer(changed(outcome, 'webhook', id)) };
  },
});
