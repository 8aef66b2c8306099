import type { Assistant } from '@gantry/contracts/http/assistant';
import type { EventAnswer } from '@gantry/contracts/http/event';
import type { Execution } from '@gantry/contracts/http/execution';
import type { Page } from '@gantry/contracts/http/page';
import type { Project } from '@gantry/contracts/http/project';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeExecution, makeProject, NO_ID } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;
beforeAll(async () => {
  api = await startApi();
  projectId = (await makeProject(api.client)).id;
  await makeAssistant(api.client, projectId);
});
afterAll(() => api.close());

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

test('a problem has all of its members, message is detail, and errors an object from field to message', async () => {
  const { body, headers } = await api.client.post('/api/projects', { name: 5, slug: 'NOT A SLUG' });
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(body).toEqual({
    ...{ type: 'urn:gantry:error:BAD_REQUEST', title: expect.any(String), status: 400, code: 'BAD_REQUEST' },
    ...{ detail: expect.any(String), message: expect.any(String), instance: '/api/projects' },
    errors: { name: expect.any(String), slug: expect.any(String) },
  });
});

test('every error that is the request’s fault has errors as an object', async () => {
  const { client } = api;
  const filter = encodeURIComponent("nosuch eq 'x'");
  for (const answer of [
    client.get(`/api/executions?filter=${filter}`),
    client.get('/api/executions?sort=nosuch'),
    client.get('/api/executions?cursor=x'),
    client.get('/api/executions?page=0'),
    client.post('/api/executions', {}),
    client.post('/api/events', { eventType: 'TASK_CREATED', projectId }),
    client.post('/api/modules', { slug: 'x', metadata: { kind: 'http' } }),
    client.send('POST', '/api/events', '{'),
    client.send('POST', '/api/stores/s/upload', 'x', { 'content-type': 'multipart/form-data' }),
    client.get('/api/projects/%E0%A4%A'),
  ]) {
    const { status, body } = await answer;
    expect([400, 422]).toContain(status);
    expect(body).toMatchObject({ errors: expect.any(Object) });
    expect(Array.isArray((body as { errors: unknown }).errors)).toBe(false);
  }
});

test('pages are asked for from 1 and told from 0; one past the end is empty; sizes are 1 to 1,000, 20 if not said', async () => {
  const page = async (query: string) => (await api.client.get<Page<Project>>(`/api/projects?${query}`)).body;
  expect(await page('')).toMatchObject({ number: 0, size: 20, first: true, pageable: { paged: true, unpaged: false } });
  expect(await page('page=1&pageSize=1000')).toMatchObject({ number: 0, size: 1_000 });
  expect(await page('page=99')).toMatchObject({
    content: [],
    number: 98,
    empty: true,
    numberOfElements: 0,
    first: false,
  });
  for (const bad of ['page=0', 'page=-1', 'page=x', 'page=1.5', 'page=', 'pageSize=0', 'pageSize=1001']) {
    expect((await api.client.get(`/api/projects?${bad}`)).status, bad).toBe(400);
  }
});

test('a sort may be spelled in every documented way', async () => {
  const ids: string[] = [];
  for (const priority of [2, 1, 2]) ids.push((await makeExecution(api.client, projectId, { priority })).id);
  const filter = encodeURIComponent(`id in (${ids.map((id) => `'${id}'`).join()})`);
  const sorted = async (...sorts: string[]) => {
    const sort = sorts.map((each) => `sort=${encodeURIComponent(each)}`).join('&');
    const { body } = await api.client.get<Page<Execution>>(`/api/executions?${sort}&filter=${filter}`);
    return body.content.map(({ id }) => ids.indexOf(id));
  };
  expect(await sorted('priority,desc', 'createdOn,asc')).toEqual([0, 2, 1]);
  expect(await sorted('priority:desc;createdOn:asc')).toEqual([0, 2, 1]);
  expect(await sorted('priority:desc', 'createdOn,DESC')).toEqual([2, 0, 1]);
  expect(await sorted('priority')).toEqual([1, 0, 2]);
  expect(await sorted('priority,desc')).toEqual([2, 0, 1]);
});

test('a query looks in names, descriptions and ids, in any case; * is everything', async () => {
  const made = await api.client.made<Project>('/api/projects', { name: 'Äpfel 100%', description: 'for_Kim' });
  const found = async (query: string) => {
    const { body } = await api.client.get<Page<Project>>(`/api/projects?query=${encodeURIComponent(query)}`);
    return body.content.some(({ id }) => id === made.id);
  };
  for (const query of [
    '',
    '*',
    '**',
    ' * ',
    'äpfel',
    'ÄPFEL',
    '100%',
    'FOR_kim',
    made.id,
    made.id.slice(0, 13),
    made.slug,
  ]) {
    expect(await found(query), query).toBe(true);
  }
  for (const query of ['pear', 'for%Kim', '0%0', NO_ID]) expect(await found(query), query).toBe(false);
});

test('instants are UTC with milliseconds, ids UUIDv7, and unknown members of a request are ignored', async () => {
  const project = await api.client.made<Project>('/api/projects', { name: 'x', nosuch: { deep: [1] }, id: 'mine' });
  expect(project).toMatchObject({
    ...{ id: expect.stringMatching(UUID), changeSequence: 1 },
    ...{ createdOn: expect.stringMatching(UTC), updatedOn: expect.stringMatching(UTC) },
  });
  expect(project).not.toHaveProperty('nosuch');
});

test('an id is found in upper case, too, wherever it is named', async () => {
  const { client } = api;
  const [assistant] = (await client.get<Assistant[]>(`/api/projects/${projectId}/assistants`)).body;
  const event = { eventType: 'CONTENT_CREATED', projectId: projectId.toUpperCase(), documentFamilyId: 'upper-case' };
  const { executions } = await client.made<EventAnswer>('/api/events', event, 202);
  const id = executions[0]?.id ?? '';
  expect(await client.get(`/api/executions/${id.toUpperCase()}`)).toMatchObject({ status: 200, body: { id } });
  const again = `/api/document-families/upper-case/reprocess?assistantId=${assistant?.id.toUpperCase()}`;
  expect(await client.put(again)).toMatchObject({ status: 200, body: [{ assistantId: assistant?.id }] });
  expect(await client.put(`/api/executions/${id.toUpperCase()}/cancel`)).toMatchObject({ status: 200, body: { id } });
  const form = new FormData();
  form.set('file', new Blob(['x']), 'x.txt');
  const upload = `/api/stores/upper-case/upload?projectId=${projectId.toUpperCase()}`;
  expect(await client.upload(upload, form)).toMatchObject({ status: 200, body: { projectId } });
});

test('a stale changeSequence is 409, none is no check, and a whole resource can be sent back', async () => {
  for (const [path, made] of [
    ['/api/projects', await api.client.made<Project>('/api/projects', { name: 'Locked' })],
    ['/api/assistants', await makeAssistant(api.client, projectId, { name: 'Locked', priorityHint: 3 })],
  ] as const) {
    const url = `${path}/${made.id}`;
    const changed = await api.client.put<Project | Assistant>(url, { ...made, name: 'Changed' });
    expect(changed).toMatchObject({
      status: 200,
      body: { ...made, name: 'Changed', changeSequence: 2, updatedOn: expect.any(String) },
    });
    expect(await api.client.put(url, { ...made, name: 'Late' })).toMatchObject(
      problemWith(409, 'STALE_CHANGE_SEQUENCE'),
    );
    expect(await api.client.put(url, { name: 'Free' })).toMatchObject({ status: 200, body: { changeSequence: 3 } });
    expect(await api.client.put(url, {})).toMatchObject({ status: 200, body: { name: 'Free' } });
    expect(await api.client.put(url, { changeSequence: 'x' })).toMatchObject(problemWith(400, 'BAD_REQUEST'));
  }
});

test('an execution has its arrays and types in lists and alone, and may be sent back whole', async () => {
  const made = await makeExecution(api.client, projectId);
  const { body } = await api.client.get<Page<Execution>>(`/api/executions?filter=id:'${made.id}'`);
  for (const execution of [made, body.content[0]]) {
    expect(execution).toMatchObject({
      uuid: made.id,
      contentObjects: [],
      childExecutions: [],
      context: { taxonomyRefs: [] },
    });
    expect(execution?.pipeline).toMatchObject({ id: expect.any(String), valid: true, exceptions: [] });
    expect(execution?.pipeline.steps[0]).toMatchObject({
      stepType: 'MODEL',
      outputIds: [],
      contentObjects: [],
      options: {},
    });
  }
  const path = `/api/executions/${made.id}`;
  expect(await api.client.put(path, made)).toMatchObject({ status: 200, body: { id: made.id, changeSequence: 2 } });
  const { changeSequence: _sequence, ...whole } = made;
  expect(await api.client.put(path, whole)).toMatchObject({ status: 200 });
  for (const [field, value] of Object.entries({
    status: 'FAILED',
    projectId: NO_ID,
    context: {},
    priority: 9,
    createdOn: '2020-01-01T00:00:00Z',
  })) {
    expect(await api.client.put(path, { ...whole, [field]: value })).toMatchObject(
      problemWith(409, 'FIELD_READ_ONLY', { errors: { [field]: expect.any(String) } }),
    );
  }
});

test('cancel takes an empty body of any content type', async () => {
  for (const headers of [{ 'content-type': 'application/json' }, { 'content-type': 'text/plain' }, {}]) {
    const { id } = await makeExecution(api.client, projectId);
    const response = await fetch(`${api.url}/api/executions/${id}/cancel`, {
      method: 'PUT',
      headers: { 'x-access-token': api.client.key, 'content-length': '0', ...headers } as Record<string, string>,
    });
    expect([response.status, ((await response.json()) as Execution).status]).toEqual([200, 'CANCELLING']);
  }
});
