import type { EventAnswer, EventsAnswer } from '@gantry/contracts/http/event';
import type { Execution } from '@gantry/contracts/http/execution';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;

beforeAll(async () => {
  api = await startApi();
  projectId = (await makeProject(api.client)).id;
  await makeAssistant(api.client, projectId);
});
afterAll(() => api.close());

const STRUCTURED = 'application/cloudevents+json; charset=utf-8';
const BATCH = 'application/cloudevents-batch+json';
const NDJSON = 'application/x-ndjson';

const cloudEvent = (fields: object = {}) => ({
  ...{ specversion: '1.0', id: crypto.randomUUID(), source: '/acme/crm', type: 'com.acme.task.created' },
  ...{ subject: crypto.randomUUID(), data: { projectId } },
  ...fields,
});

function post<Body = EventAnswer>(body: unknown, type: string, headers: Record<string, string> = {}) {
  return api.client.send<Body>('POST', '/api/events', body, { 'content-type': type, ...headers });
}

async function executionOf(answer: { status: number; body: EventAnswer }): Promise<Execution> {
  expect(answer).toMatchObject({ status: 202, body: { executions: [{}] } });
  return (await api.client.get<Execution>(`/api/executions/${answer.body.executions[0]?.id}`)).body;
}

test('a structured CloudEvent: known members of data are fields, the rest is data; id and source are its identity', async () => {
  const event = cloudEvent({
    type: 'com.acme.content.created',
    subject: 'family-1',
    data: { projectId, contentObjectId: 'object-1', documentFamily: { path: 'in/a.pdf' }, amount: 5, data: { b: 1 } },
  });
  const answer = await post(event, STRUCTURED);
  expect(await executionOf(answer)).toMatchObject({
    ...{ documentFamilyId: 'family-1', projectId },
    context: {
      ...{ eventType: 'CONTENT_CREATED', documentFamilyId: 'family-1', contentObjectId: 'object-1' },
      ...{ amount: 5, b: 1 },
    },
  });
  expect((await post(event, STRUCTURED)).body).toEqual({ ...answer.body, duplicate: true });
  const plain = { id: event.id, source: event.source, eventType: 'TASK_CREATED', taskId: 't', projectId };
  expect((await post(plain, 'application/json')).body).toEqual({ ...answer.body, duplicate: true });
});

test('extension attributes are fields, in lower case; unknown attributes are ignored', async () => {
  const event = cloudEvent({
    ...{ type: 'TASK_UPDATED', subject: undefined, taskid: 't-9', priority: 11, deduplicationkey: 'own' },
    ...{ projectid: projectId, traceparent: '00-1-2-03', time: '2026-01-31T08:00:00Z', data: 'all of it' },
  });
  const first = await executionOf(await post(event, STRUCTURED));
  expect(first).toMatchObject({ priority: 11, context: { taskId: 't-9', data: 'all of it' } });
  expect(first.context).not.toHaveProperty('traceparent');
  const again = await post({ ...event, id: 'another', taskid: 't-10' }, STRUCTURED);
  expect(again.body.executions).toMatchObject([{ status: 'SKIPPED', duplicateOf: first.id }]);
});

test('a binary CloudEvent: attributes are headers, the body is its data', async () => {
  const headers = {
    ...{ 'ce-specversion': '1.0', 'ce-id': 'b-1', 'ce-source': '/acme/%C3%BC', 'ce-type': 'task.created' },
    ...{ 'ce-subject': '"t%201"', 'ce-priority': '12', 'ce-projectid': projectId },
  };
  const answer = await post({ note: 'x' }, 'application/json', headers);
  expect(await executionOf(answer)).toMatchObject({ priority: 12, context: { taskId: 't 1', note: 'x' } });
  const same = { ...cloudEvent({ id: 'b-1', source: '/acme/ü', subject: 't' }), specversion: '1.0' };
  expect((await post(same, STRUCTURED)).body).toEqual({ ...answer.body, duplicate: true });

  const empty = await api.client.send<EventAnswer>('POST', '/api/events', undefined, { ...headers, 'ce-id': 'b-2' });
  expect(empty).toMatchObject({ status: 202 });
  const other = await post('<a/>', 'application/xml', { ...headers, 'ce-id': 'b-3', 'ce-subject': 't-xml' });
  expect(await executionOf(other)).toMatchObject({
    context: { data_base64: Buffer.from('<a/>').toString('base64'), datacontenttype: 'application/xml' },
  });
  const { 'ce-specversion': _version, ...without } = headers;
  expect(await post({}, 'application/json', without)).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { specversion: expect.any(String) } }),
  );
});

test('a batch and a JSON array may hold CloudEvents; each item is answered in order', async () => {
  const items = [cloudEvent(), cloudEvent({ type: '4711' }), 7, cloudEvent()];
  for (const type of [BATCH, 'application/json']) {
    const { status, body } = await post<EventsAnswer>(items, type);
    expect([status, body]).toEqual([
      202,
      [
        expect.objectContaining({ executions: [expect.objectContaining({ status: expect.any(String) })] }),
        expect.objectContaining({ index: 1, status: 400, errors: { type: expect.stringMatching(/UPPER_SNAKE/) } }),
        expect.objectContaining({ index: 2, status: 400 }),
        expect.objectContaining({ executions: [expect.anything()] }),
      ],
    ]);
  }
  expect(await post([], BATCH)).toMatchObject({ status: 202, body: [] });
  expect(await post(cloudEvent(), BATCH)).toMatchObject(problemWith(400, 'JSON_INVALID'));
});

test('JSON lines hold events of either form; a line that is no JSON sinks no other', async () => {
  const task = { eventType: 'TASK_CREATED', taskId: 'line', projectId, id: 'line-1' };
  const deep = `{"eventType":"TASK_CREATED","data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
  const text = [JSON.stringify(task), '', '{"eventType":', JSON.stringify(cloudEvent()), deep].join('\r\n');
  for (const type of [NDJSON, 'application/ndjson', 'application/jsonl']) {
    const { status, body } = await post<EventsAnswer>(text, type);
    expect([status, body]).toMatchObject([
      202,
      [
        { executions: [{}] },
        { index: 1, code: 'JSON_INVALID' },
        { executions: [{}] },
        { index: 3, code: 'JSON_INVALID' },
      ],
    ]);
  }
  expect(await post('{}\n'.repeat(1_001), NDJSON)).toMatchObject(problemWith(413, 'CONTENT_TOO_LARGE'));
  expect(await post('', NDJSON)).toMatchObject({ status: 202, body: [] });
});

test('the attributes that version 1.0 requires are required, and named when they are bad', async () => {
  const { subject, data } = cloudEvent();
  expect(await post({ subject, data }, STRUCTURED)).toMatchObject(
    problemWith(400, 'BAD_REQUEST', {
      errors: {
        specversion: expect.any(String),
        id: expect.any(String),
        source: expect.any(String),
        type: expect.any(String),
      },
    }),
  );
  const named = async (fields: object) => {
    const { status, body } = await post<{ errors: object }>(cloudEvent(fields), STRUCTURED);
    return [status, Object.keys(body.errors ?? {})];
  };
  expect(await named({ specversion: '0.3' })).toEqual([400, ['specversion']]);
  expect(await named({ id: '' })).toEqual([400, ['id']]);
  expect(await named({ type: '4711' })).toEqual([400, ['type']]);
  expect(await named({ subject: undefined })).toEqual([400, ['taskId']]);
  expect(await named({ data: { projectId: 'p' } })).toEqual([400, ['projectId']]);
  expect(await named({ data: undefined, data_base64: '****' })).toEqual([400, ['data_base64']]);
});

test('data in base64 is JSON; a CloudEvent is known by its specversion whatever its content type', async () => {
  const data = Buffer.from(JSON.stringify({ projectId, x: 'ü' })).toString('base64');
  const answer = await post(cloudEvent({ data: undefined, data_base64: data }), 'application/json');
  expect(await executionOf(answer)).toMatchObject({ context: { x: 'ü' } });
  const latin1 = Buffer.from(JSON.stringify({ projectId, x: 'ü' }), 'latin1').toString('base64');
  for (const data_base64 of ['AAAA', latin1])
    expect(await post(cloudEvent({ data: undefined, data_base64 }), STRUCTURED)).toMatchObject(
      problemWith(400, 'JSON_INVALID'),
    );
});

test('a body of no content type is JSON, with or without a byte order mark; other content types are refused', async () => {
  const event = JSON.stringify({ eventType: 'TASK_CREATED', taskId: 'untyped', projectId });
  for (const text of [event, `\ufeff${event}`]) {
    const response = await fetch(`${api.url}/api/events`, {
      method: 'POST',
      headers: { 'x-api-key': api.client.key },
      body: Buffer.from(text),
    });
    expect(response.status).toBe(202);
  }
  for (const type of [
    'text/plain',
    'application/xml',
    'application/cloudevents+avro',
    'application/x-www-form-urlencoded',
  ]) {
    expect(await post(event, type)).toMatchObject(problemWith(415, 'UNSUPPORTED_MEDIA_TYPE'));
  }
  expect(await post(`${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'application/json')).toMatchObject({
    status: 202,
    body: [{ code: 'JSON_INVALID' }],
  });
});
