import { documentFamilySchema, familyParamsSchema } from '@gantry/contracts/http/document-family';
import { route } from '../http/route.ts';
import { readFamily } from './family-answer.ts';

export const getFamily = route({
  method: 'get',
  path: '/api/document-families/:id',
  summary: 'Read a document family with its content objects',
  scopes: ['executions:read'],
  params: familyParamsSchema,
  answers: { 200: documentFamilySchema },
  async handle({ caller: { organizationId }, params: { id } }, deps) {
    return { status: 200, body: await readFamily(deps, organizationId, id) };
  },
});
