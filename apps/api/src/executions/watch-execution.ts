import { type ExecutionChange, executionChangeSchema } from '@gantry/contracts/http/execution-change';
import { statusFromValue } from '@gantry/domain/status';
import { z } from 'zod';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { changeFrame } from '../watch/event-frames.ts';
import { readExecutionRow } from './read-execution-row.ts';
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
      isLast: (change) => change.kind === 'deleted',
      after: known ?? position,
      opening: known === undefined ? changeFrame(position, JSON.stringify(current)) : '',
      verify: () => deps.keys.verify(request.headers),
    });
  },
});

function isNews(change: ExecutionChange, { changeSequence }: ExecutionChange): boolean {
  return change.changeSequence > changeSequence || change.kind === 'deleted';
}
