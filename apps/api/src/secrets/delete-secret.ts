import { deleteSecret as deleteFromRecord } from '@gantry/record/secrets/delete-secret';
import { z } from 'zod';
import { notFound } from '../http/api-error.ts';
import { route } from '../http/route.ts';
import { SECRET_PATHS } from './put-secret.ts';

export const deleteSecret = SECRET_PATHS.map(({ path, params }) =>
  route({
    method: 'delete',
    path,
    summary: 'Remove a secret',
    scopes: ['assistants:write'],
    params,
    answers: { 204: z.undefined() },
    async handle({ caller, params: { name, projectId = null } }, { db }) {
      const { organizationId } = caller;
      if (!(await deleteFromRecord(db, { organizationId, projectId, name }, caller))) throw notFound('secret', name);
      return { status: 204, body: undefined };
    },
  }),
);
