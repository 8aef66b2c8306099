import { idField } from '@gantry/contracts/http/fields';
import { secretInputSchema, secretNameField, secretSchema } from '@gantry/contracts/http/secret';
import { findProject } from '@gantry/record/projects/find-project';
import { putSecret as putInRecord } from '@gantry/record/secrets/put-secret';
import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { route } from '../http/route.ts';
import { secretAnswer } from './secret-answer.ts';

type SecretParams = { name: string; projectId?: string | undefined };

/** A secret belongs to the organization, or to one of its projects. */
export const SECRET_PATHS: readonly { path: string; params: z.ZodType<SecretParams> }[] = [
  { path: '/api/secrets/:name', params: z.object({ name: secretNameField }) },
  {
    path: '/api/projects/:projectId/secrets/:name',
    params: z.object({ projectId: idField, name: secretNameField }),
  },
];

export const putSecret = SECRET_PATHS.map(({ path, params }) =>
  route({
    method: 'put',
    path,
    summary: 'Keep a secret, or give it another value; nobody can read it but steps',
    scopes: ['assistants:write'],
    params,
    body: secretInputSchema,
    answers: { 200: secretSchema, 201: secretSchema },
    errors: ['SECRET_STORE_OFF', 'PROJECT_NOT_FOUND', 'TOO_MANY_OF_THEM'],
    async handle({ caller, params: { name, projectId = null }, body: { value } }, { db, seal }) {
      if (seal === undefined) throw new ApiError('SECRET_STORE_OFF', 'This Gantry has no GANTRY_SECRETS_KEY.');
      const { organizationId } = caller;
      if (projectId !== null && !(await findProject(db, { organizationId, id: projectId }))) {
        throw new ApiError('PROJECT_NOT_FOUND', `There is no project ${projectId}.`);
      }
      const place = { organizationId, projectId, name };
      const kept = await putInRecord(db, place, seal.seal(value, place), caller);
      if (kept === undefined) throw new ApiError('TOO_MANY_OF_THEM', 'There are as many secrets as there may be.');
      return { status: kept.created ? 201 : 200, body: secretAnswer(kept.row) };
    },
  }),
);
