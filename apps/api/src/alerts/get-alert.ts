import { alertSchema } from '@gantry/contracts/http/alert';
import { findAlert } from '@gantry/record/alerts/find-alert';
import { notFound } from '../http/api-error.ts';
import { idParams } from '../http/id-params.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { alertAnswer } from './alert-answer.ts';

export const getAlert = route({
  method: 'get',
  path: '/api/alerts/:id',
  summary: 'Read an alert, and whether it fires',
  scopes: READ_CONFIGURATION,
  params: idParams,
  answers: { 200: alertSchema },
  async handle({ caller: { organizationId }, params: { id } }, { db }) {
    const row = await findAlert(db, { organizationId, id });
    if (row === undefined) throw notFound('alert', id);
    return { status: 200, body: alertAnswer(row) };
  },
});
