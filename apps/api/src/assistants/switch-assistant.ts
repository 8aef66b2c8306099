import { assistantSchema } from '@gantry/contracts/http/assistant';
import { updateAssistant } from '@gantry/record/assistants/update-assistant';
import { changed } from '../http/changed.ts';
import { route } from '../http/route.ts';
import { assistantAnswer } from './assistant-answer.ts';
import { ASSISTANT_PATHS, assistantParams } from './assistant-params.ts';

const SWITCHES = [
  { verb: 'activate', active: true, summary: 'Let an assistant hear events' },
  { verb: 'deactivate', active: false, summary: 'Let an assistant hear no more events' },
] as const;

export const switchAssistant = SWITCHES.flatMap(({ verb, active, summary }) =>
  ASSISTANT_PATHS.map((path) =>
    route({
      method: 'put',
      path: `${path}/${verb}`,
      summary,
      scopes: ['assistants:write'],
      params: assistantParams,
      answers: { 200: assistantSchema },
      async handle({ caller, params }, { db }) {
        const outcome = await updateAssistant(
          db,
          { organizationId: caller.organizationId, ...params },
          { active },
          new Date(),
          { actor: caller },
        );
        return { status: 200, body: assistantAnswer(changed(outcome, 'assistant', params.id)) };
      },
    }),
  ),
);
