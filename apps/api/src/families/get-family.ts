import { documentFamilySchema, familyParamsSchema } from '@gantry/contracts/http/document-family';
import { route } from '../http/route.ts';
import { readFamily } from './family-answer.ts';
import { readStoreFamily, STORE_PATH, storeFamilyParams } from './store-families.ts';

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

export const getStoreFamily = route({
  method: 'get',
  path: `${STORE_PATH}/families/:id`,
  summary: 'Read a document family of a store',
  scopes: ['executions:read'],
  params: storeFamilyParams,
  answers: { 200: documentFamilySchema },
  async handle({ caller: { organizationId }, params }, deps) {
    return { status: 200, body: await readStoreFamily(deps, organizationId, params) };
  },
});
