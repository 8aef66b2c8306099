import type { Assistant } from '@gantry/contracts/http/assistant';
import type { Event, EventAnswer } from '@gantry/contracts/http/event';
import type { Execution } from '@gantry/contracts/http/execution';
import type { Page } from '@gantry/contracts/http/page';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;
beforeAll(async () => {
  api = await startApi();
  projectId = (await makeProject(api.client)).id;
});
afterAll(() => api.close());

describe('a member that is null counts as left out', () => {
  test.each<[string, object]>([
    ['/api/projects', { name: 'Nulls', slug: null, description: null, organization: null }],
    ['/api/stores', { name: 'Nulls', id: null, slug: null, orgSlug: null, version: null, projectId: null }],
    ['/api/modules', { slug: 'nulls', ref: null, name: null, version: null, metadata: { kind: null, options: null } }],
    [
      '/api/executions',
      {
        pipeline: { steps: [{ ref: 'gantry/noop', executionPolicy: { timeoutSeconds: null } }] },
        context: null,
        parameters: null,
      },
    ],
  ])('POST %s', async (path, body) => {
    expect(await api.client.post(path, body)).toMatchObject({ status: 201 });
  });

  test('of an assistant, made and changed; where null has a meaning it keeps it', async () => {
    const nulls = { slug: null, active: null, options: null, connections: null, schedules: null, deduplication: null };
    const { body: made } = await api.client.post<Assistant>(`/api/projects/${projectId}/assistants`, {
      ...{ name: 'SDK', priorityHint: 3 },
      ...nulls,
    });
    expect(made).toMatchObject({ active: true, priorityHint: 3, project: { id: projectId, name: 'Invoices' } });
    const changed = await api.client.put(`/api/assistants/${made.id}`, { ...nulls, name: null, priorityHint: null });
    expect(changed).toMatchObject({ status: 200, body: { name: 'SDK', priorityHint: null } });
  });
});

describe('query parameters', () => {
  test.each(['assistantIds=a', 'assistantId[]=a', 'assistant_id=a', 'assistantid=a'])(
    'a write refuses %s and names what was meant',
    async (query) => {
      const name = query.split('=')[0] ?? '';
      const answer = await api.client.put(`/api/document-families/f/reprocess?${query}`);
      const message = expect.stringContaining('assistantId is');
      expect(answer).toMatchObject(problemWith(400, 'BAD_REQUEST', { errors: { [name]: message } }));
    },
  );

  test('a read refuses the bracket form of those it knows, and does without the others', async () => {
    const answer = await api.client.get('/api/executions?filter[]=id:1');
    expect(answer).toMatchObject(problemWith(400, 'BAD_REQUEST', { errors: { 'filter[]': expect.any(String) } }));
    expect(await api.client.get('/api/executions?_=1&query=%252A')).toMatchObject({ status: 200 });
  });
});

test('what is looked for is UTF-8, which U+FFFD itself is', async () => {
  expect(await api.client.get('/api/executions?query=M%FCller')).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { query: expect.stringContaining('UTF-8') } }),
  );
  expect(await api.client.get('/api/executions?query=M%EF%BF%BDller')).toMatchObject({ status: 200 });
  expect(await api.client.get('/api/account/me?x=M%FCller')).toMatchObject({ status: 200 });
});

describe('numbers are kept as they are sent, or refused', () => {
  const send = (data: string) =>
    api.client.send<EventAnswer>(
      ...([
        'POST',
        '/api/events',
        `{"eventType":"TASK_CREATED","taskId":"t","projectId":"${projectId}","data":${data}}`,
      ] as const),
    );

  test.each([
    ['{"order":{"ids":[1,12345678901234567890]}}', 'data.order.ids.1'],
    ['{"a":1e400}', 'data.a'],
    ['{"a":-1e-400}', 'data.a'],
    ['{"a":9007199254740993}', 'data.a'],
  ])('%s', async (data, field) => {
    expect(await send(data)).toMatchObject(
      problemWith(400, 'BAD_REQUEST', { errors: { [field]: expect.any(String) } }),
    );
  });

  test.each(['{"a":9007199254740992,"b":1e21,"c":0.30000000000000004,"d":1.5e3,"e":0e9,"f":"1e400"}'])(
    '%s',
    async (data) => {
      expect(await send(data)).toMatchObject({ status: 202 });
    },
  );
});

test('names that differ in what cannot be kept are refused, never one name', async () => {
  for (const field of ['id', 'deduplicationKey'])
    for (const name of ['a\u0000', 'a\ud800', 'a\ufffd']) {
      const event = { eventType: 'TASK_CREATED', taskId: 't', projectId, [field]: name };
      expect(await api.client.post('/api/events', event)).toMatchObject(
        problemWith(400, 'BAD_REQUEST', { errors: { [field]: expect.any(String) } }),
      );
    }
  const latin1 = await api.client.get('/api/executions?query=B%E4r');
  expect(latin1).toMatchObject(problemWith(400, 'BAD_REQUEST', { errors: { query: expect.any(String) } }));
  expect(await api.client.get('/api/executions?query=100%')).toMatchObject({ status: 200 });
});

test('the same content object id in two families is two documents', async () => {
  await makeAssistant(api.client, projectId, { subscription: 'CONTENT_CREATED' });
  const [a, b] = await Promise.all(
    ['a', 'b'].map((documentFamilyId) =>
      api.client.made<EventAnswer>(
        '/api/events',
        { eventType: 'CONTENT_CREATED', documentFamilyId, contentObjectId: 'v1', projectId },
        202,
      ),
    ),
  );
  expect([a?.executions[0]?.status, b?.executions[0]?.status]).toEqual(['PENDING', 'PENDING']);
});

test('a CloudEvent may carry what is no JSON', async () => {
  await makeAssistant(api.client, projectId, { name: 'Notes', subscription: 'NOTE_TAKEN' });
  const attributes = {
    ...{ 'ce-specversion': '1.0', 'ce-id': crypto.randomUUID(), 'ce-source': 'notes', 'ce-type': 'NOTE_TAKEN' },
    ...{ 'ce-projectid': projectId, 'content-type': 'text/plain' },
  };
  const { status, body } = await api.client.send<EventAnswer>('POST', '/api/events', 'grüezi', attributes);
  expect(status).toBe(202);
  const { body: execution } = await api.client.get<Execution>(`/api/executions/${body.executions[0]?.id}`);
  expect(execution.context).toMatchObject({ data: 'grüezi', datacontenttype: 'text/plain' });

  const event = { specversion: '1.0', id: '2', source: 'notes', type: 'NOTE_TAKEN', projectid: projectId };
  const octets = { ...event, datacontenttype: 'application/octet-stream', data_base64: '/wD+' };
  const answer = await api.client.send<EventAnswer>('POST', '/api/events', octets, {
    'content-type': 'application/cloudevents+json',
  });
  const kept = await api.client.get<Execution>(`/api/executions/${answer.body.executions[0]?.id}`);
  expect(kept.body.context).toMatchObject({ data_base64: '/wD+', datacontenttype: 'application/octet-stream' });
});

test('a form holds one file', async () => {
  const form = new FormData();
  form.append('file', new Blob(['a']), 'a.txt');
  form.append('file', new Blob(['b']), 'b.txt');
  const answer = await api.client.upload(`/api/stores/forms/upload?projectId=${projectId}`, form);
  expect(answer).toMatchObject(problemWith(400, 'BAD_REQUEST', { errors: { file: expect.any(String) } }));
});

test('a source of CloudEvents that asks first may deliver', async () => {
  const asked = await fetch(`${api.url}/api/events`, {
    ...{ method: 'OPTIONS', headers: { 'webhook-request-origin': 'events.example.com' } },
  });
  expect([
    asked.status,
    asked.headers.get('webhook-allowed-origin'),
    asked.headers.get('webhook-allowed-rate'),
  ]).toEqual([200, 'events.example.com', '*']);
});

test('a step may have no less than a millisecond', async () => {
  const send = (timeoutSeconds: number) =>
    api.client.post('/api/executions', {
      pipeline: { steps: [{ ref: 'gantry/noop', executionPolicy: { timeoutSeconds } }] },
    });
  const errors = { 'pipeline.steps.0.executionPolicy.timeoutSeconds': expect.any(String) };
  expect(await send(1e-9)).toMatchObject(problemWith(400, 'BAD_REQUEST', { errors }));
  expect(await send(0)).toMatchObject(problemWith(400, 'BAD_REQUEST', { errors }));
  expect(await send(0.001)).toMatchObject({ status: 201 });
});

test('headers of a CloudEvent may be raw UTF-8; an escape that is none is refused by name', async () => {
  const send = (subject: string) =>
    api.client.send<EventAnswer>('POST', '/api/events', '{}', {
      ...{ 'ce-specversion': '1.0', 'ce-id': crypto.randomUUID(), 'ce-source': 'crm', 'ce-type': 'task.created' },
      ...{ 'ce-subject': subject, 'ce-projectid': projectId },
    });
  const { body } = await send(Buffer.from('Gr\u00fc\u00dfe').toString('latin1'));
  const { body: events } = await api.client.get<Page<Event>>(`/api/events?filter=id eq '${body.eventId}'`);
  expect(events.content).toMatchObject([{ taskId: 'Gr\u00fc\u00dfe' }]);
  expect(await send('100%')).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { 'ce-subject': expect.any(String) } }),
  );
});

test('who tries many unknown keys is refused unseen, and those who are known are served', async () => {
  const guess = async () =>
    (await fetch(`${api.url}/api/projects`, { headers: { 'x-api-key': crypto.randomUUID() } })).status;
  const statuses = await Promise.all(Array.from({ length: 101 }, guess));
  expect(statuses).toContain(401);
  expect(await guess()).toBe(429);
  expect(await api.client.get('/api/projects')).toMatchObject({ status: 200 });
});

test('no answer can be shown in the frame of another page', async () => {
  for (const path of ['/', '/api/docs', '/api/projects', '/health/live', '/admin/queues', '/nowhere']) {
    const { headers } = await fetch(`${api.url}${path}`, { redirect: 'manual' });
    expect([path, headers.get('x-frame-options')]).toEqual([path, 'DENY']);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  }
});
