import { moduleSchema } from '@gantry/contracts/http/module';
import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { listModules as listFromRecord } from '@gantry/record/modules/list-modules';
import { moduleFields } from '@gantry/record/modules/module-fields';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { moduleAnswer } from './module-answer.ts';
import { liveWorkers } from './module-workers.ts';

export const listModules = route({
  method: 'get',
  path: '/api/modules',
  summary: 'List modules, those that ship with Gantry included',
  scopes: READ_CONFIGURATION,
  query: listQuerySchema,
  answers: { 200: pageSchema(moduleSchema) },
  async handle({ caller: { organizationId }, query }, deps) {
    const { rows, page } = await listFromRecord(deps.db, organizationId, listRequest(query, moduleFields));
    const workers = await liveWorkers(deps);
    const modules = rows.map((row) => moduleAnswer(row, workers));
    return { status: 200, body: pageAnswer(modules, page, query) };
  },
});
