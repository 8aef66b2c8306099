import { isDeepStrictEqual } from 'node:util';
import { type Execution, executionSchema, executionUpdateSchema } from '@gantry/contracts/http/execution';
import { editExecution } from '@gantry/record/executions/edit-execution';
import { ApiError } from '../http/api-error.ts';
import { changed } from '../http/changed.ts';
import { idParams } from '../http/id-params.ts';
import { route } from '../http/route.ts';
import { readExecution } from './read-execution.ts';

export const updateExecution = route({
  method: 'put',
  path: '/api/executions/:id',
  summary: 'Change description, loggingEnabled, deleteLoggingOnSuccess or customOptions of an execution',
  scopes: ['executions:write'],
  params: idParams,
  body: executionUpdateSchema,
  answers: { 200: executionSchema },
  errors: ['FIELD_READ_ONLY', 'STALE_CHANGE_SEQUENCE'],
  async handle({ caller, params: { id }, body }, deps) {
    refuseChanges(body, await readExecution(deps, caller, id));
    const { description, loggingEnabled, deleteLoggingOnSuccess, customOptions } = body;
    const editing = editExecution(deps.db, {
      organizationId: caller.organizationId,
      id,
      changeSequence: body.changeSequence ?? null,
      values: { description, loggingEnabled, deleteLoggingOnSuccess, customOptions },
    });
    changed(await deps.commits.follow(editing), 'execution', id);
    return { status: 200, body: await readExecution(deps, caller, id) };
  },
});

/** What a client may not change and would notice: the rest is derived, and typed clients drop parts of it. */
const READ_ONLY = [
  'id',
  'uuid',
  'createdOn',
  'organizationId',
  'projectId',
  'assistantId',
  'documentFamilyId',
  'parentExecutionId',
  'eventId',
  'reprocessOf',
  'duplicateOf',
  'status',
  'priority',
  'startDate',
  'endDate',
  'processingTime',
  'context',
  'parameters',
  'targets',
  'session',
] as const satisfies (keyof Execution)[];

/** Clients send back the whole execution that they read: fields that are as they were do no harm. */
function refuseChanges(body: Record<string, unknown>, standing: Execution): void {
  const bad = READ_ONLY.filter((field) => body[field] != null && !isSame(body[field], standing[field]));
  if (bad.length === 0) return;
  const errors = Object.fromEntries(bad.map((field) => [field, 'cannot be changed']));
  throw new ApiError('FIELD_READ_ONLY', `${bad.join(', ')} cannot be changed.`, { errors });
}

/** Clients write instants in their own way, without milliseconds or with an offset. */
function isSame(said: unknown, standing: unknown): boolean {
  if (isDeepStrictEqual(said, standing)) return true;
  if (typeof said !== 'string' || typeof standing !== 'string') return false;
  const instant = Date.parse(standing);
  return standing.endsWith('Z') && !Number.isNaN(instant) && Date.parse(said) === instant;
}
