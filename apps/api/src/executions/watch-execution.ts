import { type ExecutionChange, executionChangeSchema } from '@gantry/contracts/http/execution-change';
import { z } from 'zod';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { changeFrame } from '../watch/event-frames.ts';
import { readExecution } from './read-execution.ts';
import { lastEventId, watchReply } from './watch-request.ts';

export const watchExecution = route({
  method: 'get',
  path: '/api/executions/:id/events',
  summary: 'Watch an execution: how it stands, then every change, as a stream of events, resumable by Last-Event-ID',
  scopes: ['executions:read'],
  params: idParams,
  answers: { 200: z.undefined() },
  events: executionChangeSchema,
  errors: ['TOO_MANY_WATCHERS'],
  async handle({ caller, params: { id }, request }, deps) {
    const known = lastEventId(request);
    // Noted before the execution is read: a change that comes while it is being read is shown again, not passed over.
    const { position } = deps.watchers;
    const execution = await readExecution(deps, caller, id);
    const current: ExecutionChange = {
      executionId: execution.id,
      organizationId: execution.organizationId,
      projectId: execution.projectId,
      assistantId: execution.assistantId,
      kind: 'current',
      status: execution.status,
      changeSequence: execution.changeSequence,
      at: execution.updatedOn,
    };
    return watchReply(deps.watchers, {
      keyId: caller.keyId,
      path: request.url ?? '',
      wants: (change) => change.executionId === execution.id,
      isLast: (change) => change.kind === 'deleted',
      after: known ?? position,
      opening: known === undefined ? changeFrame(position, JSON.stringify(current)) : '',
      verify: () => deps.keys.verify(request.headers),
    });
  },
});
