import type { DocumentFamily } from '@gantry/contracts/http/document-family';
import type { EventAnswer } from '@gantry/contracts/http/event';
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
afterAll(() => api?.close());

const post = <Body>(path: string, body: unknown, key: string, client = api.client) =>
  client.send<Body>('POST', path, body, { 'idempotency-key': key });
const pipeline = { steps: [{ ref: 'gantry/noop' }] };
const reused = problemWith(422, 'IDEMPOTENCY_KEY_REUSED', { errors: { 'Idempotency-Key': expect.any(String) } });

test('what is sent again with its key is done once, also at the same moment, and answered as it was', async () => {
  const sends = await Promise.all(Array.from({ length: 8 }, () => post('/api/executions', { pipeline }, 'run-1')));
  expect(sends.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
  for (const { status, body } of sends) {
    if (status !== 201) expect({ status, body }).toMatchObject(problemWith(409, 'IDEMPOTENCY_KEY_IN_USE'));
  }
  const again = await post<Execution>('/api/executions', { pipeline }, 'run-1');
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  for (const { status, body } of sends) if (status === 201) expect(body).toEqual(again.body);
  expect((await api.client.get('/api/executions')).body).toMatchObject({ totalElements: 1 });
});

test('a key belongs to one request of one organization', async () => {
  await post('/api/projects', { name: 'Keyed' }, 'project-1');
  expect(await post('/api/projects', { name: 'Other' }, 'project-1')).toMatchObject(reused);
  expect(await post('/api/stores', { name: 'Keyed' }, 'project-1')).toMatchObject(reused);
  const stranger = await api.clientOf('strangers', 'admin');
  expect(await post('/api/projects', { name: 'Other' }, 'project-1', stranger)).toMatchObject({ status: 201 });
});

test('what failed may be sent again', async () => {
  const restart = () => post(`/api/projects/${projectId}/assistants`, { name: 'late', slug: 'late' }, 'assistant-1');
  await api.client.made(`/api/projects/${projectId}/assistants`, { name: 'first', slug: 'late' });
  expect(await restart()).toMatchObject(problemWith(409, 'SLUG_TAKEN'));
  const { body } = await api.client.get<{ id: string }[]>(`/api/projects/${projectId}/assistants?query=first`);
  await api.client.delete(`/api/assistants/${body.find((each) => 'slug' in each && each.slug === 'late')?.id}`);
  expect(await restart()).toMatchObject({ status: 201 });
});

test('an upload that is sent again makes no second version', async () => {
  const upload = async (bytes: string, key: string) => {
    const form = new FormData();
    form.set('file', new Blob([bytes]), 'letter.txt');
    const response = await fetch(`${api.url}/api/stores/inbox/upload?projectId=${projectId}`, {
      ...{ method: 'POST', body: form, headers: { 'x-api-key': api.client.key, 'idempotency-key': key } },
    });
    return { status: response.status, body: (await response.json()) as DocumentFamily };
  };
  const first = await upload('one', 'letter');
  expect(await upload('one', 'letter')).toEqual(first);
  expect(await upload('two', 'letter')).toMatchObject(reused);
  expect((await upload('two', 'letter-2')).body.contentObjects).toHaveLength(2);
});

test('an event known by its key is refused when it says something else', async () => {
  const send = (more: object) => post<EventAnswer>('/api/events', { eventType: 'PAID', projectId, ...more }, 'paid-1');
  const { body } = await send({ data: { amount: 5 } });
  expect((await send({ data: { amount: 5 } })).body).toMatchObject({ eventId: body.eventId, duplicate: true });
  for (const more of [{ data: { amount: 6 } }, { eventType: 'SENT', data: { amount: 5 } }]) {
    expect(await send(more)).toMatchObject(reused);
  }
});

test('where the answer has a secret in it a key is refused', async () => {
  expect(await post('/api/keys', { name: 'x', scopes: ['admin'] }, 'key-1')).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { 'Idempotency-Key': expect.any(String) } }),
  );
});

test('keys are free again after a day', async () => {
  await post('/api/projects', { name: 'Old' }, 'old');
  await api.db
    .updateTable('idempotency_keys')
    .set({ claimed_at: new Date(0) })
    .where('key', '=', 'old')
    .execute();
  expect(await post('/api/projects', { name: 'New' }, 'old')).toMatchObject({ status: 201, body: { name: 'New' } });
});
