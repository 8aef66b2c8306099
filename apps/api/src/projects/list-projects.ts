import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { projectSchema } from '@gantry/contracts/http/project';
import { listProjects as listFromRecord } from '@gantry/record/projects/list-projects';
import { projectFields } from '@gantry/record/projects/project-fields';
import { listRequest, pageAnswer } from '../http/list-request.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { projectAnswer } from './project-answer.ts';

export const listProjects = route({
  method: 'get',
  path: '/api/projects',
  summary: 'List projects',
  scopes: READ_CONFIGURATION,
  query: listQuerySchema,
  answers: { 200: pageSchema(projectSchema) },
  async handle({ caller: { organizationId }, query }, { db }) {
    const { rows, page } = await listFromRecord(db, organizationId, listRequest(query, projectFields));
    return { status: 200, body: pageAnswer(rows.map(projectAnswer), page, query) };
  },
});
