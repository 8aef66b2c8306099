import { assistantSchema, assistantUpdateSchema } from '@gantry/contracts/http/assistant';
import { updateAssistant as updateInRecord } from '@gantry/record/assistants/update-assistant';
import { changed } from '../http/changed.ts';
import { checkPipelineSize } from '../http/check-pipeline-size.ts';
import { route } from '../http/route.ts';
import { ASSISTANT_PATHS, assistantParams } from './assistant-params.ts';
import { savedAnswer } from './saved-answer.ts';

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
    async handle({ caller, params, body }, deps) {
      checkPipelineSize(body.options?.pipeline);
      const named = { organizationId: caller.organizationId, ...params };
      const outcome = await updateInRecord(deps.db, named, body, new Date(), { actor: caller });
      return { status: 200, body: await savedAnswer(deps, changed(outcome, 'assistant', params.id)) };
    },
  }),
);
