import type { AssistantTrial } from '@gantry/contracts/http/assistant-trial';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const PATH = '/api/assistants/dry-run';

const event = {
  eventType: 'DOCUMENT_FAMILY_CREATED',
  documentFamilyId: 'f-1',
  documentFamily: { path: 'in/scan.tif', labels: ['new'] },
};

test('a dry run says which part of a subscription an event lacks', async () => {
  const subscription = 'hasLabel("new") and (hasExtensions("pdf") or hasLabel("x")) || path == "a and b"';
  const { body } = await api.client.post<AssistantTrial>(PATH, { assistant: { subscription }, event });
  expect(body.hearing).toMatchObject({
    hears: false,
    facts: { type: 'document_family', path: 'in/scan.tif', labels: ['new'] },
    subscription: [
      { text: subscription, holds: false, joinedBy: 'or', depth: 0 },
      { holds: false, joinedBy: 'and', depth: 1 },
      { text: 'hasLabel("new")', holds: true, joinedBy: null, depth: 2 },
      { text: '(hasExtensions("pdf") or hasLabel("x"))', holds: false, joinedBy: null, depth: 2 },
      { text: 'path == "a and b"', holds: false, joinedBy: null, depth: 1 },
    ],
  });
});

test('a dry run says that an event does not come from what the assistant is connected to', async () => {
  const connections = [{ sourceType: 'DOCUMENT_FAMILY', sourceRef: 'f-2' }];
  const { body } = await api.client.post<AssistantTrial>(PATH, { assistant: { connections }, event });
  expect(body.hearing).toMatchObject({
    ...{ hears: false, heardByType: false },
    connections: [{ sourceRef: 'f-2', names: false }],
  });
  const named = { ...event, documentFamilyId: 'f-2' };
  const heard = await api.client.post<AssistantTrial>(PATH, { assistant: { connections }, event: named });
  expect(heard.body.hearing).toMatchObject({ hears: true, connections: [{ names: true }] });
});

test('a dry run says when schedules fire, and refuses what could not be saved', async () => {
  const schedules = [{ cronExpression: '0 30 2 * * *', timeZone: 'Europe/Zurich' }];
  const { body } = await api.client.post<AssistantTrial>(PATH, { assistant: { schedules } });
  expect(body).toEqual({ hearing: null, schedules: [{ nextEvents: Array(5).fill(expect.stringMatching(/:30:00/)) }] });
  const steps = [{ ref: 'gantry/noop', conditional: 'context.' }];
  const bad = { subscription: 'hasLabel(', options: { pipeline: { steps } } };
  const refused = await api.client.post(PATH, { assistant: bad });
  expect(refused).toMatchObject(problemWith(400, 'BAD_REQUEST'));
  expect(refused.body).toMatchObject({
    errors: {
      'assistant.subscription': expect.any(String),
      'assistant.options.pipeline.steps.0.conditional': expect.any(String),
    },
  });
});
