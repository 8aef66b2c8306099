import { projectSchema } from '@gantry/contracts/http/project';
import { findProject } from '@gantry/record/projects/find-project';
import { notFound } from '../http/api-error.ts';
import { idParams } from '../http/id-params.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { projectAnswer } from './project-answer.ts';

export const getProject = route({
  method: 'get',
  path: '/api/projects/:id',
  summary: 'Read a project',
  scopes: READ_CONFIGURATION,
  params: idParams,
  answers: { 200: projectSchema },
  async handle({ caller: { organizationId }, params: { id } }, { db }) {
    const project = await findProject(db, { organizationId, id });
    if (project === undefined) throw notFound('project', id);
    return { status: 200, body: projectAnswer(project) };
  },
});
