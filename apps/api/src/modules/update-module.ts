import { moduleSchema, moduleUpdateSchema } from '@gantry/contracts/http/module';
import { reservedName } from '@gantry/record/modules/reserved-names';
import { updateModule as updateInRecord } from '@gantry/record/modules/update-module';
import { changed } from '../http/changed.ts';
import { route } from '../http/route.ts';
import { checkMetadata, nameReserved } from './check-metadata.ts';
import { moduleAnswer } from './module-answer.ts';
import { MODULE_PATHS, readOwnModule } from './module-params.ts';
import { liveWorkers } from './module-workers.ts';

export const updateModule = MODULE_PATHS.map(({ path, params }) =>
  route({
    method: 'put',
    path,
    summary: 'Change a module; what is left out stays',
    scopes: ['assistants:write'],
    params,
    body: moduleUpdateSchema,
    answers: { 200: moduleSchema },
    errors: ['MODULE_BUILT_IN', 'NAME_RESERVED', 'STALE_CHANGE_SEQUENCE', 'MODULE_KIND_UNAVAILABLE'],
    async handle({ caller, params, body }, deps) {
      if (body.metadata) checkMetadata(body.metadata, caller);
      const { organizationId } = caller;
      const { id } = await readOwnModule(deps.db, organizationId, params);
      const reserved = body.metadata && (await reservedName(deps.db, organizationId, [body.metadata.moduleRuntimeRef]));
      if (reserved !== undefined) throw nameReserved(reserved);
      const { changeSequence = null, ...values } = body;
      const outcome = await updateInRecord(deps.db, { organizationId, id, changeSequence, values }, caller);
      const module = changed(outcome, 'module', id);
      return { status: 200, body: moduleAnswer(module, await liveWorkers(deps)) };
    },
  }),
);
