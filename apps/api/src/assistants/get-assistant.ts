import { assistantSchema } from '@gantry/contracts/http/assistant';
import { findAssistant } from '@gantry/record/assistants/find-assistant';
import { notFound } from '../http/api-error.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { assistantAnswer } from './assistant-answer.ts';
import { ASSISTANT_PATHS, assistantParams } from './assistant-params.ts';

export const getAssistant = ASSISTANT_PATHS.map((path) =>
  route({
    method: 'get',
    path,
    summary: 'Read an assistant',
    scopes: READ_CONFIGURATION,
    params: assistantParams,
    answers: { 200: assistantSchema },
    async handle({ caller: { organizationId }, params }, { db }) {
      const assistant = await findAssistant(db, { organizationId, ...params });
      if (assistant === undefined) throw notFound('assistant', params.id);
      return { status: 200, body: assistantAnswer(assistant) };
    },
  }),
);
