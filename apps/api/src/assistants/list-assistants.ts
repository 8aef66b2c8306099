import { assistantSchema } from '@gantry/contracts/http/assistant';
import { listQuerySchema, pageSchema } from '@gantry/contracts/http/page';
import { assistantFields } from '@gantry/record/assistants/assistant-fields';
import { listAssistants as listFromRecord } from '@gantry/record/assistants/list-assistants';
import { findProject } from '@gantry/record/projects/find-project';
import { z } from 'zod';
import { notFound } from '../http/api-error.ts';
import { listRequest, pageAnswer, WHOLE_LIST } from '../http/list-request.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { assistantAnswer } from './assistant-answer.ts';
import { PROJECT_ASSISTANTS, projectParams } from './assistant-params.ts';

export const listAssistants = route({
  method: 'get',
  path: '/api/assistants',
  summary: 'List assistants',
  scopes: READ_CONFIGURATION,
  query: listQuerySchema,
  answers: { 200: pageSchema(assistantSchema) },
  async handle({ caller: { organizationId }, query }, { db }) {
    const { rows, page } = await listFromRecord(db, { organizationId }, listRequest(query, assistantFields));
    return { status: 200, body: pageAnswer(rows.map(assistantAnswer), page, query) };
  },
});

export const listProjectAssistants = route({
  method: 'get',
  path: PROJECT_ASSISTANTS,
  summary: 'All assistants of a project, as an array',
  scopes: READ_CONFIGURATION,
  params: projectParams,
  answers: { 200: z.array(assistantSchema) },
  async handle({ caller: { organizationId }, params: { projectId } }, { db }) {
    if (!(await findProject(db, { organizationId, id: projectId }))) throw notFound('project', projectId);
    const { rows } = await listFromRecord(db, { organizationId, projectId }, WHOLE_LIST);
    return { status: 200, body: rows.map(assistantAnswer) };
  },
});
