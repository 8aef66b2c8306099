import type { Assistant } from '@gantry/contracts/http/assistant';
import type { Execution } from '@gantry/contracts/http/execution';
import { EXECUTIONS_QUEUE } from '@gantry/dispatch/queue-names';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiClient, problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeExecution, makeProject, NO_ID } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;
let assistant: Assistant;
let path: string;

beforeAll(async () => {
  api = await startApi();
  projectId = (await makeProject(api.client)).id;
  // It subscribes to nothing that is sent to it here.
  assistant = await makeAssistant(api.client, projectId, { subscription: 'TASK_UPDATED', options: TAXONOMIES });
  path = `/api/projects/${projectId}/assistants/${assistant.id}`;
  await makeAssistant(api.client, projectId, { name: 'Bystander' });
});
afterAll(() => api.close());

const TAXONOMIES = { taxonomies: ['acme/tax'], pipeline: { steps: [{ ref: 'gantry/noop' }] } };

const OPTIONS = { documentFamilyId: 'f-1', contentObjectId: 'o-1', depth: { of: ['field', 1] }, ünï: 'cödé' };

/** What an execution says of OPTIONS. */
const TOLD = {
  ...{ status: 'PENDING', priority: 7, documentFamilyId: 'f-1', reprocessOf: null, parentExecutionId: null },
  context: { ...OPTIONS, options: OPTIONS, eventType: 'ORDER_PLACED', taxonomyRefs: ['acme/tax'] },
};

async function tell(body: string | FormData | URLSearchParams, headers: Record<string, string> = {}) {
  const response = await fetch(`${api.url}${path}/events`, {
    method: 'POST',
    headers: { 'x-api-key': api.client.key, ...headers },
    body,
  });
  return { status: response.status, body: (await response.json()) as Execution };
}

describe('an event for one assistant', () => {
  test('is its own, whatever it subscribes to, and is enqueued', async () => {
    const { status, body } = await api.client.post<Execution>(`${path}/events`, {
      eventType: 'ORDER_PLACED',
      options: OPTIONS,
    });
    expect([status, body]).toMatchObject([200, { ...TOLD, assistantId: assistant.id, eventId: expect.any(String) }]);
    const filter = encodeURIComponent(`eventId eq '${body.eventId}'`);
    expect(await api.client.get(`/api/executions?filter=${filter}`)).toMatchObject({ body: { totalElements: 1 } });
    expect(await api.queues.get(EXECUTIONS_QUEUE).getJob(`${body.id}.1`)).toMatchObject({
      data: { executions: [{ documentFamily: { id: 'f-1' }, contentObject: { id: 'o-1' } }] },
    });
  });

  test('comes as a form too, its options as JSON, in a file or not', async () => {
    const fields = { eventType: 'ORDER_PLACED', options: JSON.stringify(OPTIONS) };
    const multipart = new FormData();
    for (const [name, value] of Object.entries(fields)) multipart.set(name, value);
    const withFile = new FormData();
    withFile.set('eventType', fields.eventType);
    withFile.set('options', new Blob([fields.options], { type: 'application/json' }), 'options.json');
    for (const form of [new URLSearchParams(fields), multipart, withFile]) {
      expect(await tell(form)).toMatchObject({ status: 200, body: TOLD });
    }
    expect(await tell(JSON.stringify(fields), { 'content-type': 'application/json' })).toMatchObject({ body: TOLD });
  });

  test('needs no options', async () => {
    for (const form of [new URLSearchParams({ eventType: 'ASSISTANT' }), new FormData()]) {
      if (form instanceof FormData) form.set('eventType', 'ASSISTANT');
      form.set('options', '');
      const { body } = await tell(form);
      expect(body.context).toEqual({ eventType: 'ASSISTANT', taxonomyRefs: ['acme/tax'], options: {} });
    }
    expect((await tell('{"eventType":"ASSISTANT"}', { 'content-type': 'application/json' })).status).toBe(200);
  });

  test('is never taken for the same work as another', async () => {
    const event = { eventType: 'CONTENT_CREATED', options: { documentFamilyId: 'twice', contentObjectId: 'twice' } };
    const first = await api.client.post<Execution>(`${path}/events`, event);
    const second = await api.client.post<Execution>(`${path}/events`, event);
    expect([first.body.status, second.body.status]).toEqual(['PENDING', 'PENDING']);
    expect(second.body.id).not.toBe(first.body.id);
  });

  test.each([
    [{}, 'eventType'],
    [{ eventType: 'lower case' }, 'eventType'],
    [{ eventType: 'ASSISTANT', options: '[1]' }, 'options'],
    [{ eventType: 'ASSISTANT', options: 7 }, 'options'],
    [{ eventType: 'ASSISTANT', options: { documentFamilyId: 7 } }, 'options.documentFamilyId'],
    [{ eventType: 'ASSISTANT', options: { parentExecutionId: 'x' } }, 'options.parentExecutionId'],
  ])('that is not valid is refused by field: %j', async (body, field) => {
    expect(await api.client.post(`${path}/events`, body)).toMatchObject(
      problemWith(400, 'BAD_REQUEST', { errors: { [field]: expect.any(String) } }),
    );
  });

  test('that cannot be read is refused', async () => {
    const form = (options: string) => tell(new URLSearchParams({ eventType: 'ASSISTANT', options }));
    expect(await form('{"a":')).toMatchObject(problemWith(400, 'JSON_INVALID'));
    expect(await form(`{"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}`)).toMatchObject(
      problemWith(400, 'JSON_INVALID'),
    );
    expect(await form(JSON.stringify({ a: 'x'.repeat(300_000) }))).toMatchObject(problemWith(413, 'CONTENT_TOO_LARGE'));
    const many = new URLSearchParams('x=&'.repeat(101));
    many.append('eventType', 'ASSISTANT');
    expect(await tell(many)).toMatchObject(
      problemWith(400, 'BAD_REQUEST', { errors: { body: 'the form has too many parts' } }),
    );
    expect(await tell('x'.repeat(2_000_000), { 'content-type': 'text/plain' })).toMatchObject(
      problemWith(413, 'CONTENT_TOO_LARGE'),
    );
    expect(await tell('eventType: ASSISTANT', { 'content-type': 'text/yaml' })).toMatchObject(
      problemWith(415, 'UNSUPPORTED_MEDIA_TYPE'),
    );
    expect(await tell('eventType=A', { 'content-type': 'multipart/form-data' })).toMatchObject(
      problemWith(400, 'BAD_REQUEST'),
    );
    expect(await tell('--x\r\nbroken', { 'content-type': 'multipart/form-data; boundary=x' })).toMatchObject(
      problemWith(400, 'BAD_REQUEST'),
    );
    expect(
      await tell('a=1', { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' }),
    ).toMatchObject(problemWith(415, 'UNSUPPORTED_MEDIA_TYPE'));
  });
});

describe('with a parent', () => {
  const tellFor = (parentExecutionId: string, inOptions: boolean) =>
    api.client.post<Execution>(`${path}/events`, {
      eventType: 'ASSISTANT',
      ...(inOptions ? { options: { parentExecutionId } } : { parentExecutionId }),
    });

  test.each([true, false])('it is a child and is cancelled with it (in options: %s)', async (inOptions) => {
    const parent = await makeExecution(api.client, projectId);
    const { body: child } = await tellFor(parent.id, inOptions);
    expect(child.parentExecutionId).toBe(parent.id);
    const { body: family } = await api.client.put<Execution>(`/api/executions/${parent.id}/cancel`);
    expect(family.childExecutions).toMatchObject([{ id: child.id, status: 'CANCELLING' }]);
    expect((await tellFor(parent.id, inOptions)).body).toMatchObject({ status: 'CANCELLED' });
  });

  test('that is not there, or is another organization’s, it is refused', async () => {
    const stranger = await api.clientOf('parents', 'admin');
    const foreign = await makeExecution(stranger, (await makeListeningProject(stranger)).id);
    for (const id of [NO_ID, foreign.id]) {
      expect(await tellFor(id, true)).toMatchObject(problemWith(404, 'PARENT_NOT_FOUND'));
    }
  });

  test('at the end of seventeen causes it is refused', async () => {
    let parent = await makeExecution(api.client, projectId);
    for (let depth = 1; depth <= 16; depth += 1) parent = (await tellFor(parent.id, false)).body;
    expect(await tellFor(parent.id, false)).toMatchObject(problemWith(409, 'CAUSE_TOO_DEEP'));
  });
});

async function makeListeningProject(client: ApiClient) {
  const project = await makeProject(client);
  await makeAssistant(client, project.id);
  return project;
}

test('an assistant is run at once as one of its schedules would', async () => {
  const { status, body } = await api.client.put<Execution>(`${path}/schedule`);
  expect([status, body]).toMatchObject([
    200,
    {
      ...{ status: 'PENDING', assistantId: assistant.id, priority: 7, projectId },
      context: { eventType: 'SCHEDULED', taxonomyRefs: ['acme/tax'] },
    },
  ]);
  const { body: again } = await api.client.put<Execution>(`/api/assistants/${assistant.id}/schedule`, {});
  expect(again).toMatchObject({ status: 'PENDING' });
  expect(again.id).not.toBe(body.id);
});

test('an assistant’s own priority is that of the runs it is asked for', async () => {
  const { id } = await makeAssistant(api.client, projectId, { name: 'Urgent', priorityHint: 900 });
  expect((await api.client.put<Execution>(`/api/assistants/${id}/schedule`)).body.priority).toBe(900);
});

test('an assistant that is not active is told nothing', async () => {
  const { id } = await makeAssistant(api.client, projectId, { name: 'Asleep', active: false });
  const inactive = problemWith(409, 'ASSISTANT_INACTIVE');
  expect(await api.client.put(`/api/assistants/${id}/schedule`)).toMatchObject(inactive);
  expect(await api.client.post(`/api/assistants/${id}/events`, { eventType: 'ASSISTANT' })).toMatchObject(inactive);
});

test('an assistant of another project or organization, and one that is not there, is 404', async () => {
  const stranger = await api.clientOf('stranger', 'admin');
  const other = await makeProject(api.client, 'Other');
  const notFound = problemWith(404, 'NOT_FOUND');
  for (const [client, where] of [
    [stranger, path],
    [api.client, `/api/projects/${other.id}/assistants/${assistant.id}`],
    [api.client, `/api/projects/${projectId}/assistants/${NO_ID}`],
  ] as const) {
    expect(await client.put(`${where}/schedule`)).toMatchObject(notFound);
    expect(await client.post(`${where}/events`, { eventType: 'ASSISTANT' })).toMatchObject(notFound);
  }
  const reader = await api.clientOf('local', 'executions:read');
  expect(await reader.put(`${path}/schedule`)).toMatchObject(problemWith(403, 'FORBIDDEN'));
});
