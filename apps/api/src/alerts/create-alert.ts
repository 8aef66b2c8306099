import { alertInputSchema, alertSchema } from '@gantry/contracts/http/alert';
import { createAlert as createInRecord } from '@gantry/record/alerts/create-alert';
import { findAssistant } from '@gantry/record/assistants/find-assistant';
import { findProject } from '@gantry/record/projects/find-project';
import { ApiError } from '../http/api-error.ts';
import { route } from '../http/route.ts';
import { alertAnswer } from './alert-answer.ts';

export const createAlert = route({
  method: 'post',
  path: '/api/alerts',
  summary: 'Have a condition watched, and told to the webhooks that listen for alerts',
  scopes: ['assistants:write'],
  body: alertInputSchema,
  answers: { 201: alertSchema },
  errors: ['PROJECT_NOT_FOUND', 'ASSISTANT_NOT_FOUND', 'TOO_MANY_OF_THEM'],
  async handle({ caller, body }, { db }) {
    const { organizationId } = caller;
    const { name, condition, active, mutedUntil } = body;
    const [projectId, assistantId] = [body.projectId ?? null, body.assistantId ?? null];
    if (projectId !== null && !(await findProject(db, { organizationId, id: projectId }))) {
      throw new ApiError('PROJECT_NOT_FOUND', `There is no project ${projectId}.`);
    }
    if (assistantId !== null && !(await findAssistant(db, { organizationId, id: assistantId }))) {
      throw new ApiError('ASSISTANT_NOT_FOUND', `There is no assistant ${assistantId}.`);
    }
    const muted = mutedUntil == null ? null : new Date(mutedUntil);
    const alert = { organizationId, projectId, assistantId, name, condition, active: active ?? true };
    const row = await createInRecord(db, { ...alert, mutedUntil: muted }, caller);
    if (row === undefined) throw new ApiError('TOO_MANY_OF_THEM', 'There are as many alerts as there may be.');
    return { status: 201, body: alertAnswer(row) };
  },
});
