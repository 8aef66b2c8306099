import { deleteModule as deleteFromRecord } from '@gantry/record/modules/delete-module';
import { z } from 'zod';
import { notFound } from '../http/api-error.ts';
import { route } from '../http/route.ts';
import { MODULE_PATHS, readOwnModule } from './module-params.ts';

export const deleteModule = MODULE_PATHS.map(({ path, params }) =>
  route({
    method: 'delete',
    path,
    summary: 'Remove a module',
    scopes: ['assistants:write'],
    params,
    answers: { 204: z.undefined() },
    errors: ['MODULE_BUILT_IN'],
    async handle({ caller, params }, { db }) {
      const { organizationId } = caller;
      const { id } = await readOwnModule(db, organizationId, params);
      if (!(await deleteFromRecord(db, { organizationId, id }, caller))) throw notFound('module', id);
      return { status: 204, body: undefined };
    },
  }),
);
