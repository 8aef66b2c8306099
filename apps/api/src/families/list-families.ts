import { documentFamilySchema } from '@gantry/contracts/http/document-family';
import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { familyFields } from '@gantry/record/families/family-fields';
import { listFamilies as listFromRecord } from '@gantry/record/families/list-families';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { route } from '../http/route.ts';
import { familyAnswer } from './family-answer.ts';

export const listFamilies = route({
  method: 'get',
  path: '/api/document-families',
  summary: 'List document families, newest first',
  scopes: ['executions:read'],
  query: listQuerySchema,
  answers: { 200: pageSchema(documentFamilySchema) },
  async handle({ caller: { organizationId }, query }, { db }) {
    const { rows, page } = await listFromRecord(db, organizationId, listRequest(query, familyFields));
    return { status: 200, body: pageAnswer(rows.map(familyAnswer), page, query) };
  },
});
