import { SCOPES } from '@gantry/contracts/http/api-key';
import { createdOrganizationSchema, organizationInputSchema } from '@gantry/contracts/http/organization';
import { createOrganization as createInRecord } from '@gantry/record/organizations/create-organization';
import { slugTaken } from '../http/changed.ts';
import { route } from '../http/route.ts';
import { newSecret, secretHash } from '../keys/key-secret.ts';
import { organizationAnswer } from './organization-answer.ts';

/** What goes no further than the organization. */
const SCOPES_WITHIN = SCOPES.filter((scope) => scope !== 'operator');

export const createOrganization = route({
  method: 'post',
  path: '/api/organizations',
  summary: 'Create an organization; the answer is the only one that shows its first key',
  scopes: ['operator'],
  body: organizationInputSchema,
  answers: { 201: createdOrganizationSchema },
  secretAnswer: true,
  errors: ['SLUG_TAKEN'],
  async handle({ caller, body: { name, slug } }, { db }) {
    const secret = newSecret();
    const firstKey = { name: 'first key', scopes: SCOPES_WITHIN, secretHash: secretHash(secret) };
    const organization = await createInRecord(db, { name, slug, firstKey }, caller);
    if (organization === undefined) throw slugTaken('organization');
    return { status: 201, body: { ...organizationAnswer(organization), key: secret } };
  },
});
