import { storeInputSchema, storeSchema } from '@gantry/contracts/http/store';
import { findProject } from '@gantry/record/projects/find-project';
import { createStore as createInRecord } from '@gantry/record/stores/create-store';
import { ApiError } from '../http/api-error.ts';
import { slugTaken } from '../http/changed.ts';
import { route } from '../http/route.ts';
import { storeAnswer } from './store-answer.ts';

export const createStore = route({
  method: 'post',
  path: '/api/stores',
  summary: 'Create a document store',
  scopes: ['assistants:write'],
  body: storeInputSchema,
  answers: { 201: storeSchema },
  errors: ['PROJECT_NOT_FOUND', 'SLUG_TAKEN'],
  async handle({ caller, body }, { db }) {
    const { organizationId } = caller;
    const { id, name, slug, version, projectId = null, orgSlug = caller.organizationSlug } = body;
    if (projectId !== null && !(await findProject(db, { organizationId, id: projectId }))) {
      throw new ApiError('PROJECT_NOT_FOUND', `There is no project ${projectId}.`);
    }
    const store = await createInRecord(db, { organizationId, id, projectId, name, orgSlug, slug, version }, caller);
    if (store === undefined) throw slugTaken('store');
    return { status: 201, body: storeAnswer(store) };
  },
});
