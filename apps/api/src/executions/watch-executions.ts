import { executionChangeSchema } from '@gantry/contracts/http/execution-change';
import { idField } from '@gantry/contracts/http/fields';
import { z } from 'zod';
import { route } from '../http/route.ts';
import { LAST_EVENT_ID, lastEventId, watchReply } from './watch-request.ts';

const path = '/api/executions/events';

export const watchExecutions = route({
  method: 'get',
  path,
  summary: 'Watch all executions, or those of an assistant or project: a stream of events, resumable by Last-Event-ID',
  scopes: ['executions:read'],
  query: z.object({ assistantId: idField.optional(), projectId: idField.optional() }),
  answers: { 200: z.undefined() },
  headers: LAST_EVENT_ID,
  events: executionChangeSchema,
  errors: ['TOO_MANY_WATCHERS'],
  async handle({ caller: { organizationId, keyId }, query, request }, deps) {
    const assistantId = query.assistantId?.toLowerCase();
    const projectId = query.projectId?.toLowerCase();
    return watchReply(deps.watchers, {
      keyId,
      path,
      wants: (change) =>
        change.organizationId === organizationId &&
        (assistantId === undefined || change.assistantId === assistantId) &&
        (projectId === undefined || change.projectId === projectId),
      endsWith: () => undefined,
      after: lastEventId(request),
      opening: '',
      verify: () => deps.keys.verify(request.headers, request.socket.remoteAddress),
    });
  },
});
