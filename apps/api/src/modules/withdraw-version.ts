import { withdrawVersion as withdrawInRecord } from '@gantry/record/modules/withdraw-version';
import { z } from 'zod';
import { notFound } from '../http/api-error.ts';
import { route } from '../http/route.ts';
import { VERSION_PATH, versionParams } from './version-answer.ts';

export const withdrawVersion = route({
  method: 'delete',
  path: VERSION_PATH,
  summary: 'Withdraw a version of a module: nothing new is planned with it',
  scopes: ['modules:publish'],
  params: versionParams,
  answers: { 204: z.undefined() },
  async handle({ caller, params }, { db }) {
    const found = await withdrawInRecord(db, { organizationId: caller.organizationId, ...params }, caller);
    if (!found) throw notFound('module version', `${params.orgSlug}/${params.slug}:${params.version}`);
    return { status: 204, body: undefined };
  },
});
