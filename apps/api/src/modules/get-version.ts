import { moduleVersionSchema } from '@gantry/contracts/http/module';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { readVersion, VERSION_PATH, versionParams } from './version-answer.ts';

export const getVersion = route({
  method: 'get',
  path: VERSION_PATH,
  summary: 'Get a published version of a module',
  scopes: READ_CONFIGURATION,
  params: versionParams,
  answers: { 200: moduleVersionSchema },
  async handle({ caller: { organizationId }, params }, deps) {
    return { status: 200, body: await readVersion(deps, { organizationId, ...params }) };
  },
});
