import { moduleVersionSchema } from '@gantry/contracts/http/module';
import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { listVersions as listInRecord } from '@gantry/record/modules/list-versions';
import { versionFields } from '@gantry/record/modules/version-fields';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { readModule } from './module-params.ts';
import { latestOf, VERSIONS_PATH, versionAnswer, versionsParams } from './version-answer.ts';

export const listVersions = route({
  method: 'get',
  path: VERSIONS_PATH,
  summary: 'List the published versions of a module, withdrawn ones included',
  scopes: READ_CONFIGURATION,
  params: versionsParams,
  query: listQuerySchema,
  answers: { 200: pageSchema(moduleVersionSchema) },
  async handle({ caller: { organizationId }, params, query }, deps) {
    const named = { organizationId, ...params };
    const { rows, page } = await listInRecord(deps.db, named, listRequest(query, versionFields));
    // One that was never published has none; one that nobody knows is not there.
    if (rows.length === 0) await readModule(deps.db, organizationId, params);
    const latest = await latestOf(deps, named);
    const versions = rows.map((row) => versionAnswer(row, latest));
    return { status: 200, body: pageAnswer(versions, page, query) };
  },
});
