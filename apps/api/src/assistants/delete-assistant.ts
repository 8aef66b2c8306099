import { deleteAssistant as deleteFromRecord } from '@gantry/record/assistants/delete-assistant';
import { z } from 'zod';
import { notFound } from '../http/api-error.ts';
import { route } from '../http/route.ts';
import { ASSISTANT_PATHS, assistantParams } from './assistant-params.ts';

export const deleteAssistant = ASSISTANT_PATHS.map((path) =>
  route({
    method: 'delete',
    path,
    summary: 'Remove an assistant; its executions stay',
    scopes: ['assistants:write'],
    params: assistantParams,
    answers: { 204: z.undefined() },
    async handle({ caller, params }, { db }) {
      if (!(await deleteFromRecord(db, { organizationId: caller.organizationId, ...params }, caller)))
        throw notFound('assistant', params.id);
      return { status: 204, body: undefined };
    },
  }),
);
