import { apiKeyInputSchema, createdApiKeySchema } from '@gantry/contracts/http/api-key';
import { createKey as createInRecord } from '@gantry/record/keys/create-key';
import { authorize } from '../http/caller.ts';
import { route } from '../http/route.ts';
import { keyAnswer } from './key-answer.ts';
import { newSecret, secretHash } from './key-secret.ts';

export const createKey = route({
  method: 'post',
  path: '/api/keys',
  summary: 'Create an API key; the answer is the only one that shows its secret',
  scopes: ['admin'],
  body: apiKeyInputSchema,
  answers: { 201: createdApiKeySchema },
  secretAnswer: true,
  async handle({ caller, body: { name, scopes } }, { db }) {
    if (scopes.includes('operator')) authorize(caller, ['operator']);
    const secret = newSecret();
    const row = await createInRecord(
      db,
      { organizationId: caller.organizationId, name, scopes, secretHash: secretHash(secret) },
      caller,
    );
    return { status: 201, body: { ...keyAnswer(row), key: secret } };
  },
});
