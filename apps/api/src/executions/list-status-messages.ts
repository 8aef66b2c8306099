import { statusMessageSchema } from '@gantry/contracts/http/status-message';
import { listStatusMessages as listFromRecord } from '@gantry/record/executions/list-status-messages';
import { z } from 'zod';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { readExecutionRow } from './read-execution-row.ts';
import { statusMessageAnswer } from './status-message-answer.ts';

export const listStatusMessages = route({
  method: 'get',
  path: '/api/executions/:id/status-messages',
  summary: 'The newest 10 status messages of an execution, oldest first',
  scopes: ['executions:read'],
  params: idParams,
  answers: { 200: z.array(statusMessageSchema) },
  async handle({ caller, params }, deps) {
    const { id } = await readExecutionRow(deps, caller, params.id);
    return { status: 200, body: (await listFromRecord(deps.db, id)).map(statusMessageAnswer) };
  },
});
