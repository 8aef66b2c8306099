import { projectInputSchema, projectSchema } from '@gantry/contracts/http/project';
import { createProject as createInRecord } from '@gantry/record/projects/create-project';
import { slugTaken } from '../http/changed.ts';
import { route } from '../http/route.ts';
import { projectAnswer } from './project-answer.ts';

export const createProject = route({
  method: 'post',
  path: '/api/projects',
  summary: 'Create a project',
  scopes: ['assistants:write'],
  body: projectInputSchema,
  answers: { 201: projectSchema },
  errors: ['SLUG_TAKEN'],
  async handle({ caller, body: { name, slug, description = null } }, { db }) {
    const { organizationId } = caller;
    const project = await createInRecord(db, { organizationId, name, slug, description }, caller);
    if (project === undefined) throw slugTaken('project');
    return { status: 201, body: projectAnswer(project) };
  },
});
