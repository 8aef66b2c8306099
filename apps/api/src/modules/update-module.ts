import { moduleSchema, moduleUpdateSchema } from '@gantry/contracts/http/module';
import { updateModule as updateInRecord } from '@gantry/record/modules/update-module';
import { changed } from '../http/changed.ts';
import { route } from '../http/route.ts';
import { checkMetadata } from './check-metadata.ts';
import { moduleAnswer } from './module-answer.ts';
import { MODULE_PATHS, readOwnModule } from './module-params.ts';

export const updateModule = MODULE_PATHS.map(({ path, params }) =>
  route({
    method: 'put',
    path,
    summary: 'Change a module; what is left out stays',
    scopes: ['assistants:write'],
    params,
    body: moduleUpdateSchema,
    answers: { 200: moduleSchema },
    errors: ['MODULE_BUILT_IN', 'STALE_CHANGE_SEQUENCE', 'MODULE_KIND_UNAVAILABLE'],
    async handle({ caller, params, body }, { db }) {
      if (body.metadata) checkMetadata(body.metadata, caller);
      const { organizationId } = caller;
      const { id } = await readOwnModule(db, organizationId, params);
      const { changeSequence = null, ...values } = body;
      const outcome = await updateInRecord(db, { organizationId, id, changeSequence, values }, caller);
      return { status: 200, body: moduleAnswer(changed(outcome, 'module', id)) };
    },
  }),
);
