import {
  type Assistant,
  type AssistantFields,
  assistantInputSchema,
  assistantInputWithProjectSchema,
  assistantSchema,
} from '@gantry/contracts/http/assistant';
import { createAssistant as createInRecord } from '@gantry/record/assistants/create-assistant';
import { findProject } from '@gantry/record/projects/find-project';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError } from '../http/api-error.ts';
import type { Caller } from '../http/caller.ts';
import { slugTaken } from '../http/changed.ts';
import { checkPipelineSize } from '../http/check-pipeline-size.ts';
import { route } from '../http/route.ts';
import { PROJECT_ASSISTANTS, projectParams } from './assistant-params.ts';
import { savedAnswer } from './saved-answer.ts';

const summary = 'Create an assistant';

export const createProjectAssistant = route({
  method: 'post',
  path: PROJECT_ASSISTANTS,
  summary,
  scopes: ['assistants:write'],
  params: projectParams,
  body: assistantInputSchema,
  answers: { 201: assistantSchema },
  errors: ['PROJECT_NOT_FOUND', 'SLUG_TAKEN'],
  async handle({ caller, params: { projectId }, body }, deps) {
    return { status: 201, body: await create(deps, caller, projectId, body) };
  },
});

export const createAssistant = route({
  method: 'post',
  path: '/api/assistants',
  summary,
  scopes: ['assistants:write'],
  body: assistantInputWithProjectSchema,
  answers: { 201: assistantSchema },
  errors: ['PROJECT_NOT_FOUND', 'SLUG_TAKEN'],
  async handle({ caller, body: { projectId, ...fields } }, deps) {
    return { status: 201, body: await create(deps, caller, projectId, fields) };
  },
});

async function create(
  deps: ApiDeps,
  actor: Caller,
  projectId: string,
  fields: AssistantFields & { name: string },
): Promise<Assistant> {
  const { organizationId } = actor;
  checkPipelineSize(fields.options?.pipeline);
  if (!(await findProject(deps.db, { organizationId, id: projectId }))) {
    throw new ApiError('PROJECT_NOT_FOUND', `There is no project ${projectId}.`);
  }
  const row = await createInRecord(deps.db, { organizationId, projectId, fields, now: new Date(), actor });
  if (row === undefined) throw slugTaken('assistant');
  return savedAnswer(deps, row);
}
