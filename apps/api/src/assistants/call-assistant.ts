import {
  type AssistantEventOptions,
  assistantEventOptionsSchema,
  assistantEventSchema,
} from '@gantry/contracts/http/assistant-event';
import { type Execution, executionSchema } from '@gantry/contracts/http/execution';
import type { JsonObject } from '@gantry/domain/json';
import { type AssistantCall, callAssistant as callInRecord } from '@gantry/record/assistants/call-assistant';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { refusal } from '../events/event-answer.ts';
import { checkEventSize, eventSize } from '../events/read-event.ts';
import { readExecution } from '../executions/read-execution.ts';
import { ApiError, badField, badInput, notFound } from '../http/api-error.ts';
import type { Caller } from '../http/caller.ts';
import { once } from '../http/idempotency.ts';
import { parseJson } from '../http/parse-json.ts';
import { readJsonOrForm } from '../http/read-form.ts';
import { route } from '../http/route.ts';
import { ASSISTANT_PATHS, assistantParams } from './assistant-params.ts';

const MAX_BODY_BYTES = 1_048_576;

const NO_SUBJECT = {
  storeId: null,
  documentFamilyId: null,
  contentObjectId: null,
  channelId: null,
  messageId: null,
  taskId: null,
};

/** What is said to an assistant by name is a run that somebody asked for. */
const shared = {
  scopes: ['executions:write', 'events:write'],
  params: assistantParams,
  answers: { 200: executionSchema },
  errors: ['ASSISTANT_INACTIVE'],
} as const;

/** The schedules of the assistant are as they were: this tick is not one of theirs. */
export const fireAssistant = ASSISTANT_PATHS.map((path) =>
  route({
    ...shared,
    method: 'put',
    path: `${path}/schedule`,
    summary: 'Run an assistant now, as one of its schedules would',
    async handle({ caller, params, traceparent }, deps) {
      const { organizationId } = caller;
      const event = { ...NO_SUBJECT, eventType: 'SCHEDULED', data: {}, parentExecutionId: null, traceparent };
      return { status: 200, body: await call({ assistant: { organizationId, ...params }, ...event }, caller, deps) };
    },
  }),
);

export const tellAssistant = ASSISTANT_PATHS.map((path) =>
  route({
    ...shared,
    method: 'post',
    path: `${path}/events`,
    summary: 'Send an event to one assistant, whatever it subscribes to',
    bodies: {
      'application/json': assistantEventSchema,
      'application/x-www-form-urlencoded': assistantEventSchema,
      'multipart/form-data': assistantEventSchema,
    },
    errors: [...shared.errors, 'PARENT_NOT_FOUND', 'CAUSE_TOO_DEEP', 'PROJECT_MISMATCH'],
    async handle(incoming, deps) {
      const { caller, params, request, traceparent } = incoming;
      const { value = {} } = await readJsonOrForm(request, MAX_BODY_BYTES);
      const body = assistantEventSchema.safeParse(value);
      if (!body.success) throw badInput(body.error, 'body');
      const { eventType, parentExecutionId } = body.data;
      const options = readOptions(body.data.options);
      const { parentExecutionId: parentInOptions, ...subject } = subjectOf(options);
      const { organizationId } = caller;
      const event = {
        ...NO_SUBJECT,
        ...Object.fromEntries(Object.entries(subject).filter(([, id]) => id != null)),
        eventType,
        // As the data of an event are in the context, and in one piece for modules that look for them there.
        data: { ...options, options },
        parentExecutionId: parentExecutionId ?? parentInOptions ?? null,
        traceparent,
      };
      return once(deps, incoming, body.data, async () => ({
        status: 200,
        body: await call({ assistant: { organizationId, ...params }, ...event }, caller, deps),
      }));
    },
  }),
);

function readOptions(said: JsonObject | string | null | undefined): JsonObject {
  const options = typeof said === 'string' && said.trim() !== '' ? parseJson(said, 'options') : said || {};
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw badField('options', 'expected a JSON object');
  }
  checkEventSize(eventSize(options));
  return options;
}

/** @throws ApiError naming the bad option */
function subjectOf(options: JsonObject): AssistantEventOptions {
  const result = z.object({ options: assistantEventOptionsSchema }).safeParse({ options });
  if (!result.success) throw badInput(result.error, 'options');
  return result.data.options;
}

async function call(call: AssistantCall, caller: Caller, deps: ApiDeps): Promise<Execution> {
  const { db, commits, priorityDefaults } = deps;
  const result = await commits.follow(callInRecord(db, call, { now: new Date(), priorityDefaults }));
  switch (result.outcome) {
    case 'not-found':
      if (result.what === 'assistant') throw notFound('assistant', call.assistant.id);
      throw new ApiError('PARENT_NOT_FOUND', `There is no execution ${call.parentExecutionId}.`, {
        errors: { parentExecutionId: 'names no execution' },
      });
    case 'inactive':
      throw new ApiError('ASSISTANT_INACTIVE', `The assistant ${call.assistant.id} is not active.`);
    case 'refused':
      throw refusal(result.refusal);
    case 'called':
      return readExecution(deps, caller, result.executionId);
  }
}
