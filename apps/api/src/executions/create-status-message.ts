import { statusMessageInputSchema, statusMessageSchema } from '@gantry/contracts/http/status-message';
import { sayStatus } from '@gantry/record/executions/say-status';
import { notFound } from '../http/api-error.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { statusMessageAnswer } from './status-message-answer.ts';

export const createStatusMessage = route({
  method: 'post',
  path: '/api/executions/:id/status-messages',
  summary: 'Say what an execution is doing',
  scopes: ['executions:write'],
  params: idParams,
  body: statusMessageInputSchema,
  answers: { 201: statusMessageSchema },
  async handle({ caller: { organizationId }, params: { id }, body }, { db, commits }) {
    const subtitle = body.subtitle ?? null;
    const said = await commits.follow(
      sayStatus(db, { organizationId, executionId: id, ...body, subtitle, now: new Date() }),
    );
    if (said === undefined) throw notFound('execution', id);
    return { status: 201, body: statusMessageAnswer(said) };
  },
});
