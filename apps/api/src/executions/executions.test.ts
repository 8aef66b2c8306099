import type { ExecutionJob } from '@gantry/contracts/execution-job';
import type { Execution } from '@gantry/contracts/http/execution';
import type { Page } from '@gantry/contracts/http/page';
import { EXECUTIONS_QUEUE } from '@gantry/dispatch/queue-names';
import { statusValue } from '@gantry/domain/status';
import { jsonb } from '@gantry/record/connection/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeExecution, makeProject, NO_ID } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;

beforeAll(async () => {
  api = await startApi();
  projectId = (await makeProject(api.client)).id;
  await makeAssistant(api.client, projectId, {
    options: {
      pipeline: {
        steps: [
          { ref: 'module://gantry/pdf-parser', name: 'parse', options: { ocr: false } },
          { ref: 'gantry/invoice-extractor', stepType: 'ACTION', conditional: 'True' },
        ],
      },
    },
  });
});
afterAll(() => api.close());

/** As if its first step had succeeded and its second had failed. */
async function finish(execution: Execution, status = 3): Promise<void> {
  const at = (ms: number) => new Date(Date.UTC(2025, 0, 31, 8) + ms);
  await api.db
    .updateTable('executions')
    .set({ status, started_at: at(0), finished_at: at(900), processing_time_ms: 900, dedup_key: null })
    .set({ exception_details: jsonb({ message: 'no invoice', errorType: 'NO_INVOICE' }) })
    .where('id', '=', execution.id)
    .execute();
  const step = {
    execution_id: execution.id,
    attempt: 1,
    name: null,
    progress: null,
    progress_max: null,
    output_ref: null,
  };
  await api.db
    .insertInto('execution_steps')
    .values([
      {
        ...{ ...step, ordinal: 0, ref: 'module://gantry/pdf-parser', status: 2, output_id: 'out-0' },
        ...{ started_at: at(0), finished_at: at(250), output: jsonb({ pages: 1 }), exception_details: jsonb(null) },
      },
      {
        ...{ ...step, ordinal: 1, ref: 'gantry/invoice-extractor', status: 3, output_id: null },
        ...{ started_at: at(250), finished_at: at(900), output: jsonb(null) },
        exception_details: jsonb({ message: 'no invoice', errorType: 'NO_INVOICE' }),
      },
    ])
    .execute();
}

test('an execution is read with its steps, merged from its pipeline and what has become of them', async () => {
  const made = await makeExecution(api.client, projectId);
  expect(made).toMatchObject({
    ...{ uuid: made.id, status: 'PENDING', startDate: null, processingTime: null, exceptionDetails: null },
    ...{ contentObjects: [], childExecutions: [], changeSequence: 1 },
    createdOn: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    pipeline: { steps: [{ status: 'PENDING', attempt: 0, start: null }, { status: 'PENDING' }] },
  });

  await finish(made);
  const { body } = await api.client.get<Execution>(`/api/executions/${made.id}`);
  expect(body).toMatchObject({
    ...{ status: 'FAILED', startDate: '2025-01-31T08:00:00.000Z', endDate: '2025-01-31T08:00:00.900Z' },
    ...{ processingTime: 900, exceptionDetails: { message: 'no invoice', errorType: 'NO_INVOICE' } },
    pipeline: {
      steps: [
        {
          ...{ id: `${made.id}.0`, name: 'parse', ref: 'module://gantry/pdf-parser', stepType: 'MODEL', attempt: 1 },
          ...{ status: 'SUCCEEDED', start: '2025-01-31T08:00:00.000Z', end: '2025-01-31T08:00:00.250Z' },
          ...{ processingTime: 250, inputId: null, outputId: 'out-0', outputIds: ['out-0'] },
          ...{ options: { ocr: false }, optionTypes: {}, context: {}, contentObjects: [], exceptionDetails: null },
        },
        {
          ...{ id: `${made.id}.1`, name: null, stepType: 'ACTION', status: 'FAILED', processingTime: 650 },
          ...{ inputId: 'out-0', outputId: null, outputIds: [], conditional: 'True' },
          exceptionDetails: { message: 'no invoice' },
        },
      ],
    },
  });
  expect(body).not.toHaveProperty('steps');
});

test('no step waits in an execution that ended before any was to run', async () => {
  const first = await makeExecution(api.client, projectId, { taskId: 'ended-before' });
  const duplicate = await makeExecution(api.client, projectId, { taskId: 'ended-before' });
  expect(duplicate).toMatchObject({
    status: 'SKIPPED',
    pipeline: { steps: [{ status: 'SKIPPED', inputId: null }, { status: 'SKIPPED' }] },
  });
  await api.db
    .updateTable('executions')
    .set({ status: statusValue('REQUESTED') })
    .where('id', '=', first.id)
    .execute();
  expect(await api.client.put(`/api/executions/${first.id}/cancel`)).toMatchObject({
    status: 200,
    body: { status: 'CANCELLED', pipeline: { steps: [{ status: 'CANCELLED' }, { status: 'CANCELLED' }] } },
  });
  expect(await api.client.get(`/api/executions/${first.id}/steps/0/output`)).toMatchObject(
    problemWith(404, 'OUTPUT_NOT_FOUND', { detail: expect.stringContaining('CANCELLED') }),
  );
});

test('what its steps gave is told on request', async () => {
  const made = await makeExecution(api.client, projectId);
  await finish(made);
  const outputs = async (query: string) => {
    const { body } = await api.client.get<Execution>(`/api/executions/${made.id}${query}`);
    return body.pipeline.steps.map(({ output }) => output);
  };
  expect(await outputs('')).toEqual([undefined, undefined]);
  expect(await outputs('?include=outputs')).toEqual([{ pages: 1 }, null]);
  expect(await api.client.get(`/api/executions/${made.id}?include=everything`)).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { include: expect.stringContaining('outputs') } }),
  );
});

test('an execution that is not there, is no UUID or is another organization’s is 404', async () => {
  const { id } = await makeExecution(api.client, projectId);
  const stranger = await api.clientOf('stranger', 'executions:read', 'executions:write');
  for (const [client, path] of [
    [api.client, `/api/executions/${NO_ID}`],
    [api.client, '/api/executions/not-a-uuid'],
    [api.client, '/api/executions/%00'],
    [stranger, `/api/executions/${id}`],
  ] as const) {
    expect(await client.get(path)).toMatchObject(problemWith(404, 'NOT_FOUND'));
    expect(await client.put(path, { description: 'mine' })).toMatchObject(problemWith(404, 'NOT_FOUND'));
    expect(await client.put(`${path}/cancel`)).toMatchObject(problemWith(404, 'NOT_FOUND'));
    expect(await client.delete(path)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  }
  expect((await stranger.get<Page<Execution>>('/api/executions')).body).toMatchObject({
    totalElements: 0,
    content: [],
  });
});

test('the list is paged from 1, sorted, filtered and searched', async () => {
  const project = await makeProject(api.client, 'Listed');
  const assistants = [];
  for (const name of ['one', 'two']) assistants.push(await makeAssistant(api.client, project.id, { name }));
  for (const priority of [3, 1, 2]) await makeExecution(api.client, project.id, { priority });
  const list = async (query: string) => {
    const filter = encodeURIComponent(`projectId eq '${project.id}'`);
    const { status, body } = await api.client.get<Page<Execution>>(`/api/executions?filter=${filter}&${query}`);
    expect(status).toBe(200);
    return body;
  };
  const where = (filter: string) => `filter=${encodeURIComponent(filter)}`;

  const { content, ...envelope } = await list('page=2&pageSize=4&sort=priority,desc&sort=createdOn:asc&query=*');
  const sort = { empty: false, sorted: true, unsorted: false };
  expect(envelope).toEqual({
    ...{
      totalElements: 6,
      totalPages: 2,
      number: 1,
      size: 4,
      numberOfElements: 2,
      first: false,
      last: true,
      empty: false,
      nextCursor: null,
    },
    sort,
    pageable: { offset: 4, pageNumber: 1, pageSize: 4, paged: true, unpaged: false, sort },
  });
  expect(content.map(({ priority }) => priority)).toEqual([1, 1]);

  const newestFirst = await list('');
  expect(newestFirst.content.map(({ priority }) => priority)).toEqual([2, 2, 1, 1, 3, 3]);
  expect(await list('page=9')).toMatchObject({ content: [], number: 8, totalElements: 6, empty: true, last: true });

  const [one] = assistants;
  expect(
    (await list(where(`assistantId eq '${one?.id}' and (priority gt 1 or status == 'FAILED')`))).totalElements,
  ).toBe(2);
  expect((await list(where(`status eq 'PENDING' and documentFamilyId eq 'none'`))).totalElements).toBe(0);
  expect((await list(`${where('priority > 1')}&${where('priority < 3')}`)).totalElements).toBe(2);
  expect((await list(`query=${newestFirst.content[0]?.id}`)).content).toEqual([newestFirst.content[0]]);
});

test('a bad page, filter or sort is 400 and says where', async () => {
  const list = (query: string) => api.client.get(`/api/executions?${query}`);
  expect(await list('page=0&pageSize=1001')).toMatchObject(
    problemWith(400, 'BAD_REQUEST', {
      errors: { page: 'expected an integer from 1 to 1000000000', pageSize: 'expected an integer from 1 to 1000' },
    }),
  );
  expect(await list(`filter=${encodeURIComponent("status eq 'PENDING' and nosuch eq 1")}`)).toMatchObject(
    problemWith(400, 'FILTER_FIELD_UNKNOWN', {
      errors: { filter: expect.stringMatching(/^filter, column 25: .*'nosuch'$/) },
    }),
  );
  expect(await list('filter=status+eq')).toMatchObject(problemWith(400, 'FILTER_INVALID'));
  expect(await list('sort=nosuch,asc')).toMatchObject(problemWith(400, 'SORT_FIELD_UNKNOWN'));
});

test('cancel: CANCELLING at once, again while it lasts, 409 when it is finished', async () => {
  const execution = await makeExecution(api.client, projectId);
  const path = `/api/executions/${execution.id}/cancel`;
  const cancelled = await api.client.send<Execution>('PUT', path, undefined, { 'content-type': 'application/json' });
  expect(cancelled).toMatchObject({ status: 200, body: { id: execution.id, status: 'CANCELLING' } });
  expect(await api.client.put(path)).toMatchObject({ status: 200, body: { status: 'CANCELLING' } });
  const jobs = await api.queues.get(EXECUTIONS_QUEUE).getJobs(['prioritized']);
  expect(jobs.flatMap(({ data }) => data.executions.map(({ executionId }: ExecutionJob) => executionId))).not.toContain(
    execution.id,
  );

  await finish(execution, 7);
  expect(await api.client.put(path)).toMatchObject(problemWith(409, 'EXECUTION_FINISHED'));
});

test('only finished executions are deleted; what refers to them then refers to nothing', async () => {
  const parent = await makeExecution(api.client, projectId);
  const child = await makeExecution(api.client, projectId);
  await api.db.updateTable('executions').set({ parent_execution_id: parent.id }).where('id', '=', child.id).execute();
  expect((await api.client.get<Execution>(`/api/executions/${parent.id}`)).body.childExecutions).toMatchObject([
    { id: child.id, parentExecutionId: parent.id, childExecutions: [] },
  ]);

  const path = `/api/executions/${parent.id}`;
  expect(await api.client.delete(path)).toMatchObject(problemWith(409, 'EXECUTION_UNFINISHED'));
  await finish(parent);
  expect(await api.client.delete(path)).toMatchObject({ status: 204, body: '' });
  expect(await api.client.get(path)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect((await api.client.get<Execution>(`/api/executions/${child.id}`)).body.parentExecutionId).toBeNull();
});

test('clients change four fields, and may send the others back as they are', async () => {
  const execution = await makeExecution(api.client, projectId);
  const path = `/api/executions/${execution.id}`;
  const changes = {
    description: 'by hand',
    loggingEnabled: false,
    deleteLoggingOnSuccess: true,
    customOptions: { a: 1 },
  };
  const sent = {
    ...execution,
    ...changes,
    createdOn: execution.createdOn.replace(/\.\d+Z/, (ms) => ms.replace('Z', '+00:00')),
  };
  const { status, body } = await api.client.put<Execution>(path, sent);
  expect([status, body]).toEqual([200, { ...execution, ...changes, changeSequence: 2, updatedOn: expect.any(String) }]);
  expect(await api.client.put(path, sent)).toMatchObject(problemWith(409, 'STALE_CHANGE_SEQUENCE'));
  expect(await api.client.put(path, { status: 'SUCCEEDED', priority: 1000 })).toMatchObject(
    problemWith(409, 'FIELD_READ_ONLY', { errors: { status: 'cannot be changed', priority: 'cannot be changed' } }),
  );
  expect(await api.client.put(path, { description: 5 })).toMatchObject(problemWith(400, 'BAD_REQUEST'));
});

test('an assistant, or a pipeline of its own, is run on request', async () => {
  const assistant = await makeAssistant(api.client, projectId, { name: 'On request', subscription: 'NOTHING' });
  const byAssistant = await api.client.made<Execution>('/api/executions', {
    assistantId: assistant.id,
    context: { documentFamilyId: 'f-1' },
    parameters: { p: 1 },
  });
  expect(byAssistant).toMatchObject({
    ...{ assistantId: assistant.id, projectId, priority: 7, parameters: { p: 1 }, documentFamilyId: 'f-1' },
    pipeline: { steps: [{ ref: 'module://gantry/noop' }] },
  });
  const adHoc = await api.client.made<Execution>('/api/executions', { pipeline: { steps: [{ ref: 'gantry/echo' }] } });
  const pipeline = { steps: [{ ref: 'gantry/echo' }] };
  expect(adHoc).toMatchObject({ assistantId: null, status: 'PENDING', pipeline });

  const post = (body: object) => api.client.post('/api/executions', body);
  expect(await post({})).toMatchObject(problemWith(400, 'BAD_REQUEST', { errors: { pipeline: expect.any(String) } }));
  expect(await post({ assistantId: NO_ID })).toMatchObject(problemWith(404, 'ASSISTANT_NOT_FOUND'));
  expect(await post({ pipeline: { steps: [] }, projectId: NO_ID })).toMatchObject(
    problemWith(404, 'PROJECT_NOT_FOUND'),
  );
  expect(await post({ pipeline: { steps: [{ ref: 'nonsense' }] } })).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { 'pipeline.steps.0.ref': 'expected module://org/slug or org/slug' } }),
  );
  expect(await post({ pipeline: { steps: [{ ref: 'gantry/echo', conditional: 'a = 5' }] } })).toMatchObject(
    problemWith(400, 'BAD_REQUEST', {
      errors: { 'pipeline.steps.0.conditional': expect.stringContaining('column 3') },
    }),
  );
  const options = { text: 'x'.repeat(262_144) };
  expect(await post({ pipeline: { steps: [{ ref: 'gantry/echo', options }] } })).toMatchObject(
    problemWith(413, 'CONTENT_TOO_LARGE'),
  );
});
