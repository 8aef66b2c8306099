import { deleteAlert as deleteFromRecord } from '@gantry/record/alerts/delete-alert';
import { z } from 'zod';
import { notFound } from '../http/api-error.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';

export const deleteAlert = route({
  method: 'delete',
  path: '/api/alerts/:id',
  summary: 'Remove an alert',
  scopes: ['assistants:write'],
  params: idParams,
  answers: { 204: z.undefined() },
  async handle({ caller, params: { id } }, { db }) {
    if (!(await deleteFromRecord(db, { organizationId: caller.organizationId, id }, caller)))
      throw notFound('alert', id);
    return { status: 204, body: undefined };
  },
});
