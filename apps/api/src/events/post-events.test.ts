import type { ExecutionJob } from '@gantry/contracts/execution-job';
import type { EventAnswer, EventsAnswer } from '@gantry/contracts/http/event';
import type { Execution } from '@gantry/contracts/http/execution';
import { EXECUTIONS_QUEUE } from '@gantry/dispatch/queue-names';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeProject, NO_ID } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;
let assistantId: string;

beforeAll(async () => {
  api = await startApi();
  projectId = (await makeProject(api.client)).id;
  assistantId = (await makeAssistant(api.client, projectId, { priorityHint: 9 })).id;
});
afterAll(() => api.close());

const task = (fields: object = {}) => ({
  eventType: 'TASK_CREATED',
  taskId: crypto.randomUUID(),
  projectId,
  ...fields,
});

test('an event creates an execution of each assistant that hears it, in the record and on the queue', async () => {
  const { status, body } = await api.client.post<EventAnswer>('/api/events', task({ taskId: 't-1', data: { a: 1 } }));
  expect([status, body]).toEqual([
    202,
    {
      eventId: expect.any(String),
      duplicate: false,
      executions: [{ id: expect.any(String), assistantId, status: 'PENDING', priority: 9 }],
    },
  ]);
  const [made] = body.executions;
  const { body: execution } = await api.client.get<Execution>(`/api/executions/${made?.id}`);
  expect(execution).toMatchObject({
    ...{ status: 'PENDING', assistantId, projectId, eventId: body.eventId },
    context: { eventType: 'TASK_CREATED', taskId: 't-1', a: 1, taxonomyRefs: [] },
  });
  const jobs = await api.queues.get(EXECUTIONS_QUEUE).getJobs(['prioritized']);
  expect(jobs.flatMap(({ data }) => data.executions.map(({ executionId }: ExecutionJob) => executionId))).toContain(
    made?.id,
  );
});

test.each(['.', '..'])('an id that no path of a URL can name is refused: %s', async (id) => {
  const event = { eventType: 'CONTENT_CREATED', projectId, documentFamilyId: 'f', contentObjectId: 'c' };
  for (const field of ['documentFamilyId', 'contentObjectId', 'storeId']) {
    expect(await api.client.post('/api/events', { ...event, [field]: id })).toMatchObject(
      problemWith(400, 'BAD_REQUEST', { errors: { [field]: 'expected an id other than . and ..' } }),
    );
  }
  expect(await api.client.post('/api/stores', { id, name: 'S' })).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { id: 'expected an id other than . and ..' } }),
  );
  // No path names these.
  expect((await api.client.post('/api/events', task({ id, source: id, taskId: id }))).status).toBe(202);
});

test('the same event again, by id or by Idempotency-Key, answers the same executions', async () => {
  const first = await api.client.post<EventAnswer>('/api/events', task({ id: 'e-1', source: 'crm' }));
  const again = await api.client.post<EventAnswer>('/api/events', task({ id: 'e-1', source: 'crm' }));
  expect(again.body).toEqual({ ...first.body, duplicate: true });
  const elsewhere = await api.client.post<EventAnswer>('/api/events', task({ id: 'e-1', source: 'erp' }));
  expect(elsewhere.body.duplicate).toBe(false);

  const event = task();
  const send = () => api.client.send<EventAnswer>('POST', '/api/events', event, { 'idempotency-key': 'k-1' });
  const keyed = await send();
  expect((await send()).body).toEqual({ ...keyed.body, duplicate: true });
});

test('a further event about the same work is SKIPPED and says of what it is a duplicate', async () => {
  const event = task({ taskId: 't-2' });
  const first = await api.client.post<EventAnswer>('/api/events', event);
  const second = await api.client.post<EventAnswer>('/api/events', event);
  expect(second.body.executions).toEqual([
    expect.objectContaining({ status: 'SKIPPED', duplicateOf: first.body.executions[0]?.id }),
  ]);
});

test('an array is answered item by item, and a bad item does not sink the others', async () => {
  const items = [
    task(),
    { eventType: 'DOCUMENT_FAMILY_CREATED', projectId },
    task({ projectId: NO_ID }),
    'not an event',
    task({ id: 'e-7' }),
    task({ data: { text: 'x'.repeat(300_000) } }),
  ];
  const { status, body } = await api.client.send<EventsAnswer>('POST', '/api/events', items, {
    'idempotency-key': 'k',
  });
  expect([status, body]).toEqual([
    202,
    [
      expect.objectContaining({ duplicate: false, executions: [expect.objectContaining({ status: 'PENDING' })] }),
      expect.objectContaining({
        ...{ index: 1, status: 400, code: 'BAD_REQUEST', instance: '/api/events' },
        errors: { documentFamilyId: 'DOCUMENT_FAMILY_CREATED needs documentFamilyId' },
      }),
      expect.objectContaining({ index: 2, status: 404, code: 'PROJECT_NOT_FOUND' }),
      expect.objectContaining({ index: 3, status: 400, errors: { body: expect.any(String) } }),
      expect.objectContaining({ duplicate: false, executions: [expect.objectContaining({ status: 'PENDING' })] }),
      expect.objectContaining({ index: 5, status: 413, code: 'CONTENT_TOO_LARGE' }),
    ],
  ]);
  const again = await api.client.send<EventsAnswer>('POST', '/api/events', items, { 'idempotency-key': 'k' });
  expect(again.body[0]).toEqual({ ...body[0], duplicate: true });
  expect(again.body[4]).toEqual({ ...body[4], duplicate: true });
  expect((await api.client.post('/api/events', [])).body).toEqual([]);
});

test('what is wrong with an event is said by field', async () => {
  const event = { eventType: 'not upper', priority: 1001, labels: 1, documentFamily: { labels: 'a' }, projectId: 'p' };
  expect(await api.client.post('/api/events', event)).toMatchObject(
    problemWith(400, 'BAD_REQUEST', {
      errors: {
        eventType: 'expected an UPPER_SNAKE word',
        priority: expect.any(String),
        'documentFamily.labels': expect.any(String),
        projectId: expect.any(String),
      },
    }),
  );
  expect(await api.client.post('/api/events', { eventType: 'CHANNEL_MESSAGE_CREATED', projectId })).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { channelId: 'CHANNEL_MESSAGE_CREATED needs channelId' } }),
  );
  expect(await api.client.post('/api/events', { eventType: 'ORDER_PLACED' })).toMatchObject(
    problemWith(400, 'PROJECT_REQUIRED', { errors: { projectId: expect.any(String) } }),
  );
});

test('a project that is not there is 404, whatever else the event names', async () => {
  for (const more of [{}, { storeId: 'new-store' }, { storeId: 'acme/new-store:1.0.0' }]) {
    const event = task({ projectId: NO_ID, ...more });
    expect(await api.client.post('/api/events', event)).toMatchObject(problemWith(404, 'PROJECT_NOT_FOUND'));
  }
});

test('limits: 256 KiB an event, 1,000 events a request', async () => {
  expect(await api.client.post('/api/events', task({ data: { text: 'x'.repeat(262_144) } }))).toMatchObject(
    problemWith(413, 'CONTENT_TOO_LARGE'),
  );
  expect(await api.client.post('/api/events', Array(1_001).fill({}))).toMatchObject(
    problemWith(413, 'CONTENT_TOO_LARGE'),
  );
  const many = Array.from({ length: 1_000 }, (_, index) => task({ taskId: `many-${index}` }));
  const { body } = await api.client.post<EventsAnswer>('/api/events', many);
  expect(body.filter((item) => 'executions' in item && item.executions[0]?.status === 'PENDING')).toHaveLength(1_000);
});

test('text in data that Postgres cannot store is replaced', async () => {
  const event = task({ data: { 'k\u0000': 'half \ud800' } });
  const { body } = await api.client.post<EventAnswer>('/api/events', event);
  const { body: execution } = await api.client.get<Execution>(`/api/executions/${body.executions[0]?.id}`);
  expect(execution.context).toMatchObject({ 'k\ufffd': 'half \ufffd' });
});

test('events of a thousand requests at once are all accepted, once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) =>
      api.client.post<EventAnswer>('/api/events', task({ taskId: `burst-${index % 500}`, id: `burst-${index % 500}` })),
    ),
  );
  expect(answers.map(({ status }) => status).filter((status) => status !== 202)).toEqual([]);
  expect(new Set(answers.map(({ body }) => body.eventId)).size).toBe(500);
  expect(answers.filter(({ body }) => body.duplicate)).toHaveLength(500);
});
