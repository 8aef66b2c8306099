import { deleteProject as deleteFromRecord } from '@gantry/record/projects/delete-project';
import { z } from 'zod';
import { notFound } from '../http/api-error.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';

export const deleteProject = route({
  method: 'delete',
  path: '/api/projects/:id',
  summary: 'Remove a project with its assistants and stores',
  scopes: ['assistants:write'],
  params: idParams,
  answers: { 204: z.undefined() },
  async handle({ caller, params: { id } }, { db }) {
    if (!(await deleteFromRecord(db, { organizationId: caller.organizationId, id }, caller)))
      throw notFound('project', id);
    return { status: 204, body: undefined };
  },
});
