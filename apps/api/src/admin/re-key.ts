import { reKeyedSchema } from '@gantry/contracts/http/re-key';
import { auditAlone } from '@gantry/record/audit/audit';
import { ApiError } from '../http/api-error.ts';
import { route } from '../http/route.ts';
import { sealAnew } from '../secrets/seal-anew.ts';

export const reKey = route({
  method: 'post',
  path: '/api/admin/re-key',
  summary: 'Seal anew, with the first key of GANTRY_SECRETS_KEY, every secret that is sealed with another one',
  scopes: ['operator'],
  answers: { 200: reKeyedSchema },
  errors: ['SECRET_STORE_OFF'],
  async handle({ caller }, { db, seal, logger }) {
    if (seal === undefined) throw new ApiError('SECRET_STORE_OFF', 'This Gantry has no GANTRY_SECRETS_KEY.');
    const done = await sealAnew({ db, seal, logger });
    await auditAlone(db, caller, { action: 'rotate', resource: 'secret', id: seal.keyId, details: { ...done } });
    return { status: 200, body: { keyId: seal.keyId, ...done } };
  },
});
