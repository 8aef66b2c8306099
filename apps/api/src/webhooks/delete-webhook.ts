import { deleteWebhook as deleteFromRecord } from '@gantry/record/webhooks/delete-webhook';
import { z } from 'zod';
import { notFound } from '../http/api-error.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';

export const deleteWebhook = route({
  method: 'delete',
  path: '/api/webhooks/:id',
  summary: 'Remove a webhook with the log of its deliveries',
  scopes: ['assistants:write'],
  params: idParams,
  answers: { 204: z.undefined() },
  async handle({ caller, params: { id } }, { db }) {
    if (!(await deleteFromRecord(db, { organizationId: caller.organizationId, id }, caller)))
      throw notFound('webhook', id);
    return { status: 204, body: undefined };
  },
});
