import { revokeKey as revokeInRecord } from '@gantry/record/keys/revoke-key';
import { z } from 'zod';
import { notFound } from '../http/api-error.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';

export const revokeKey = route({
  method: 'delete',
  path: '/api/keys/:id',
  summary: 'Revoke an API key: it is refused within seconds',
  scopes: ['admin'],
  params: idParams,
  answers: { 204: z.undefined() },
  async handle({ caller, params: { id } }, { db, keys }) {
    if (!(await revokeInRecord(db, { organizationId: caller.organizationId, id }, caller)))
      throw notFound('API key', id);
    keys.askAnew();
    return { status: 204, body: undefined };
  },
});
