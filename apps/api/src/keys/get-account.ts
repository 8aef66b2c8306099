import { accountSchema } from '@gantry/contracts/http/api-key';
import { findOrganization } from '@gantry/record/organizations/find-organization';
import { notFound } from '../http/api-error.ts';
import { route } from '../http/route.ts';

export const getAccount = route({
  method: 'get',
  path: '/api/account/me',
  summary: 'Whose API key this is and what it may do',
  scopes: [],
  answers: { 200: accountSchema },
  async handle({ caller }, { db }) {
    const organization = await findOrganization(db, caller.organizationId);
    if (organization === undefined) throw notFound('organization', caller.organizationId);
    const { id, slug, name } = organization;
    const { keyId, keyName, scopes, keyCreatedAt } = caller;
    const key = { id: keyId, name: keyName, scopes: [...scopes], createdOn: keyCreatedAt.toISOString() };
    return { status: 200, body: { organization: { id, slug, name }, key } };
  },
});
