import { assistantSchema, assistantUpdateSchema } from '@gantry/contracts/http/assistant';
import { updateAssistant as updateInRecord } from '@gantry/record/assistants/update-assistant';
import { changed } from '../http/changed.ts';
import { checkPipelineSize } from '../http/check-pipeline-size.ts';
import { route } from '../http/route.ts';
import { assistantAnswer } from './assistant-answer.ts';
import { ASSISTANT_PATHS, assistantParams } from './assistant-params.ts';

export const updateAssistant = ASSISTANT_PATHS.map((path) =>
  route({
    method: 'put',
    path,
    summary: 'Change an assistant; what is left out stays',
    scopes: ['assistants:write'],
    params: assistantParams,
    body: assistantUpdateSchema,
    answers: { 200: assistantSchema },
    errors: ['SLUG_TAKEN', 'STALE_CHANGE_SEQUENCE'],
    async handle({ caller, params, body }, { db }) {
      checkPipelineSize(body.options?.pipeline);
      const outcome = await updateInRecord(db, { organizationId: caller.organizationId, ...params }, body, new Date(), {
        actor: caller,
      });
      return { status: 200, body: assistantAnswer(changed(outcome, 'assistant', params.id)) };
    },
  }),
);
