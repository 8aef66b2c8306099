import { assistantRevisionSchema, assistantSchema } from '@gantry/contracts/http/assistant';
import { findAssistant } from '@gantry/record/assistants/find-assistant';
import { findRevision, listRevisions as listInRecord } from '@gantry/record/assistants/revisions';
import { updateAssistant } from '@gantry/record/assistants/update-assistant';
import { z } from 'zod';
import { notFound } from '../http/api-error.ts';
import { changed } from '../http/changed.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';
import { assistantAnswer } from './assistant-answer.ts';
import { ASSISTANT_PATHS, assistantParams } from './assistant-params.ts';

export const listRevisions = ASSISTANT_PATHS.map((path) =>
  route({
    method: 'get',
    path: `${path}/revisions`,
    summary: 'The revisions of an assistant’s pipeline, newest first',
    scopes: READ_CONFIGURATION,
    params: assistantParams,
    answers: { 200: z.array(assistantRevisionSchema) },
    async handle({ caller: { organizationId }, params }, { db }) {
      if (!(await findAssistant(db, { organizationId, ...params }))) throw notFound('assistant', params.id);
      const rows = await listInRecord(db, params.id);
      return {
        status: 200,
        body: rows.map(({ number, created_at, key_id, key_name, pipeline }) => ({
          number,
          createdOn: created_at.toISOString(),
          keyId: key_id,
          keyName: key_name,
          pipeline,
        })),
      };
    },
  }),
);

const revisionParams = assistantParams.extend({
  number: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
});

export const restoreRevision = ASSISTANT_PATHS.map((path) =>
  route({
    method: 'put',
    path: `${path}/revisions/:number/restore`,
    summary: 'Give an assistant the pipeline of an earlier revision, as its newest one',
    scopes: ['assistants:write'],
    params: revisionParams,
    answers: { 200: assistantSchema },
    async handle({ caller, params: { number, ...name } }, { db }) {
      const assistant = await findAssistant(db, { organizationId: caller.organizationId, ...name });
      if (assistant === undefined) throw notFound('assistant', name.id);
      const revision = await findRevision(db, { assistantId: name.id, number });
      if (revision === undefined) throw notFound('revision', String(number));
      const options = { ...assistant.options, pipeline: revision.pipeline };
      const named = { organizationId: caller.organizationId, ...name };
      // Whoever saves other options meanwhile is not overwritten.
      const fields = { options, changeSequence: assistant.change_sequence };
      const outcome = await updateAssistant(db, named, fields, new Date(), { actor: caller, restored: number });
      return { status: 200, body: assistantAnswer(changed(outcome, 'assistant', name.id)) };
    },
    errors: ['STALE_CHANGE_SEQUENCE'],
  }),
);
