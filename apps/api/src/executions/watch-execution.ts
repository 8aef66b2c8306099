import { type ExecutionChange, executionChangeSchema } from '@gantry/contracts/http/execution-change';
import { isFinished, statusFromValue } from '@gantry/domain/status';
import { z } from 'zod';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { changeFrame, END_ID, finishedFrame } from '../watch/event-frames.ts';
import { readExecutionRow } from './read-execution-row.ts';
import { LAST_EVENT_ID, lastEventId, watchReply } from './watch-request.ts';

export const watchExecution = route({
  method: 'get',
  path: '/api/executions/:id/events',
  summary: 'Watch an execution: how it stands, then every change until it is finished, as a stream of events',
  scopes: ['executions:read'],
  params: idParams,
  headers: LAST_EVENT_ID,
  answers: { 200: z.undefined(), 204: z.undefined() },
  events: executionChangeSchema,
  errors: ['TOO_MANY_WATCHERS'],
  async handle({ caller, params: { id }, request }, deps) {
    // A browser connects again after the end too, and stops at this answer.
    if (request.headers['last-event-id'] === END_ID) return { status: 204, body: undefined };
    const known = lastEventId(request);
    // Noted before the execution is read: what comes from there on is either in what was read, or shown afterwards.
    const { position } = deps.watchers;
    const execution = await readExecutionRow(deps, caller, id);
    const current: ExecutionChange = {
      executionId: execution.id,
      organizationId: execution.organization_id,
      projectId: execution.project_id,
      assistantId: execution.assistant_id,
      kind: 'current',
      status: statusFromValue(execution.status),
      changeSequence: execution.change_sequence,
      at: execution.updated_at.toISOString(),
    };
    return watchReply(deps.watchers, {
      keyId: caller.keyId,
      path: request.url ?? '',
      wants: (change) => change.executionId === execution.id && (known !== undefined || isNews(change, current)),
      endsWith: (change) => (isEnd(change) ? finishedFrame(JSON.stringify(change)) : undefined),
      finale: isEnd(current) ? finishedFrame(JSON.stringify(current)) : undefined,
      after: known ?? position,
      opening: known === undefined ? changeFrame(position, JSON.stringify(current)) : '',
      verify: () => deps.keys.verify(request.headers, request.socket.remoteAddress),
    });
  },
});

/** What a replacement of it makes of a finished one is told to those who watch all. */
function isEnd({ kind, status }: ExecutionChange): boolean {
  return kind === 'deleted' || isFinished(status);
}

function isNews(change: ExecutionChange, { changeSequence }: ExecutionChange): boolean {
  return change.changeSequence > changeSequence || change.kind === 'deleted';
}
