import { organizationSchema } from '@gantry/contracts/http/organization';
import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { listOrganizations as listFromRecord } from '@gantry/record/organizations/list-organizations';
import { organizationFields } from '@gantry/record/organizations/organization-fields';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { route } from '../http/route.ts';
import { organizationAnswer } from './organization-answer.ts';

export const listOrganizations = route({
  method: 'get',
  path: '/api/organizations',
  summary: 'List all organizations',
  scopes: ['operator'],
  query: listQuerySchema,
  answers: { 200: pageSchema(organizationSchema) },
  async handle({ query }, { db }) {
    const { rows, page } = await listFromRecord(db, listRequest(query, organizationFields));
    return { status: 200, body: pageAnswer(rows.map(organizationAnswer), page, query) };
  },
});
