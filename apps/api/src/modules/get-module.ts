import { moduleSchema } from '@gantry/contracts/http/module';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { moduleAnswer } from './module-answer.ts';
import { MODULE_PATHS, readModule } from './module-params.ts';
import { liveWorkers } from './module-workers.ts';

export const getModule = MODULE_PATHS.map(({ path, params }) =>
  route({
    method: 'get',
    path,
    summary: 'Read a module',
    scopes: READ_CONFIGURATION,
    params,
    answers: { 200: moduleSchema },
    async handle({ caller, params }, deps) {
      const module = await readModule(deps.db, caller.organizationId, params);
      return { status: 200, body: moduleAnswer(module, await liveWorkers(deps)) };
    },
  }),
);
