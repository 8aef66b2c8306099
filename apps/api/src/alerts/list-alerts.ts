import { alertSchema } from '@gantry/contracts/http/alert';
import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { alertFields } from '@gantry/record/alerts/alert-fields';
import { listAlerts as listInRecord } from '@gantry/record/alerts/list-alerts';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { alertAnswer } from './alert-answer.ts';

export const listAlerts = route({
  method: 'get',
  path: '/api/alerts',
  summary: 'List what is watched, and what of it holds at the moment',
  scopes: READ_CONFIGURATION,
  query: listQuerySchema,
  answers: { 200: pageSchema(alertSchema) },
  async handle({ caller: { organizationId }, query }, { db }) {
    const { rows, page } = await listInRecord(db, organizationId, listRequest(query, alertFields));
    return { status: 200, body: pageAnswer(rows.map(alertAnswer), page, query) };
  },
});
