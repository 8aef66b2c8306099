import type { Execution } from '@gantry/contracts/http/execution';
import type { ExecutionLog } from '@gantry/contracts/http/execution-log';
import type { ExecutionSlice } from '@gantry/contracts/http/execution-slice';
import type { Overview } from '@gantry/contracts/http/overview';
import type { Page } from '@gantry/contracts/http/page';
import type { Project } from '@gantry/contracts/http/project';
import type { StatusMessage } from '@gantry/contracts/http/status-message';
import type { StepAttempt } from '@gantry/contracts/http/step-attempt';
import { runtimeQueueName, sliceJobId } from '@gantry/dispatch/queue-names';
import { exception, moduleException } from '@gantry/domain/exception-details';
import type { Fact } from '@gantry/domain/fact';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiClient, problemWith } from '../../test/api-client.ts';
import { aboutStep, finishedFact, fold, plannedFact, startedFact } from '../../test/fold.ts';
import { makeAssistant, makeExecution, makeProject, NO_ID } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let stranger: ApiClient;
let project: Project;
beforeAll(async () => {
  api = await startApi();
  stranger = await api.clientOf('strangers', 'executions:read', 'executions:write');
  project = await makeProject(api.client);
  await makeAssistant(api.client, project.id);
});
afterAll(() => api?.close());

const AT = Date.parse('2026-01-31T08:00:00Z');

/** As a worker gives them: later ones are greater, but they are older than what the api gives. */
const noticeId = (number: number) => `01900000-0000-7000-8000-00000000000${number}`;

/** One entry a millisecond. */
function loggedFact(execution: Execution, lines: readonly string[]): Fact {
  const entries = lines.map((text, index) => ({
    ...{ id: noticeId(index), at: AT + index, text },
    level: index % 2 === 0 ? ('INFO' as const) : ('ERROR' as const),
  }));
  return { kind: 'step-logged', ...aboutStep(execution, 1), entries };
}

test('the log is a page like any other, in the order of writing', async () => {
  const execution = await makeExecution(api.client, project.id);
  const lines = ['first', '100% done', 'third', 'fourth', 'fifth'];
  await fold(api, plannedFact(execution), startedFact(execution), loggedFact(execution, lines));
  const path = `/api/executions/${execution.id}/logs`;
  const { body } = await api.client.get<Page<ExecutionLog>>(path);
  expect(body).toMatchObject({ totalElements: 5, totalPages: 1, number: 0, first: true, last: true });
  expect(body.content.map(({ entry }) => entry)).toEqual(lines);
  expect(body.content[1]).toEqual({
    id: expect.any(String),
    uuid: body.content[1]?.id,
    executionId: execution.id,
    stepId: execution.pipeline.steps[0]?.id,
    level: 'ERROR',
    logDate: '2026-01-31T08:00:00.001Z',
    entry: '100% done',
  });

  const select = async (query: Record<string, string>) => {
    const answer = await api.client.get<Page<ExecutionLog>>(`${path}?${new URLSearchParams(query)}`);
    return answer.body.content.map(({ entry }) => entry);
  };
  expect(await select({ page: '2', pageSize: '2' })).toEqual(['third', 'fourth']);
  expect(await select({ page: '9' })).toEqual([]);
  expect(await select({ sort: 'logDate,desc', pageSize: '2' })).toEqual(['fifth', 'fourth']);
  expect(await select({ sort: 'level,desc' })).toEqual(['fourth', '100% done', 'fifth', 'third', 'first']);
  expect(await select({ filter: "level eq 'ERROR'" })).toEqual(['100% done', 'fourth']);
  expect(await select({ filter: 'level>=WARN' })).toEqual(['100% done', 'fourth']);
  expect(await select({ filter: `stepId == '${execution.id}.1'` })).toEqual([]);
  expect(await select({ filter: "logDate gt '2026-01-31T08:00:00.002Z' and entry like 'f*'" })).toEqual([
    ...['fourth', 'fifth'],
  ]);
  expect(await select({ query: '% DONE' })).toEqual(['100% done']);
  expect(await select({ query: '*' })).toEqual(lines);

  expect(await api.client.get(`${path}?filter=colour:1`)).toMatchObject(problemWith(400, 'FILTER_FIELD_UNKNOWN'));
  expect(await api.client.get(`${path}?sort=colour`)).toMatchObject(problemWith(400, 'SORT_FIELD_UNKNOWN'));
  expect(await api.client.get(`${path}?filter=level:LOUD`)).toMatchObject({ status: 400 });
  expect(await stranger.get(path)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect(await api.client.get(`/api/executions/${NO_ID}/logs`)).toMatchObject(problemWith(404, 'NOT_FOUND'));
});

test('status messages come from outside and from steps; the newest ten are shown, oldest first', async () => {
  const execution = await makeExecution(api.client, project.id);
  const path = `/api/executions/${execution.id}/status-messages`;
  expect(await api.client.get(path)).toMatchObject({ status: 200, body: [] });
  const thinking = await api.client.made<StatusMessage>(path, { title: ' Thinking ', type: 'THINKING' });
  expect(thinking).toEqual({
    id: expect.any(String),
    executionId: execution.id,
    datetime: expect.any(String),
    title: 'Thinking',
    subtitle: null,
    type: 'THINKING',
  });
  const said = { id: noticeId(0), at: AT, title: 'Page 7', subtitle: 'of 9' };
  await fold(
    api,
    plannedFact(execution),
    startedFact(execution),
    { kind: 'step-said', ...aboutStep(execution, 1), messages: [{ ...said, type: 'SEARCHING' }] },
    { kind: 'step-progress', ...aboutStep(execution, 2), progress: 7, progressMax: 9 },
  );
  const { body } = await api.client.get<StatusMessage[]>(path);
  expect(body.map(({ title, type }) => [title, type])).toEqual([
    ['Page 7', 'SEARCHING'],
    ['Thinking', 'THINKING'],
  ]);
  const { body: seen } = await api.client.get<Execution>(`/api/executions/${execution.id}`);
  expect(seen.statusDetails).toEqual({
    ...{ status: 'THINKING', message: 'Thinking', detail: null, progress: 7, progressMax: 9 },
  });

  await Promise.all(Array.from({ length: 12 }, (_, index) => api.client.made(path, { title: `message ${index}` })));
  const { body: newest } = await api.client.get<StatusMessage[]>(path);
  expect(newest.map(({ id }) => id)).toEqual(newest.map(({ id }) => id).toSorted());
  expect(newest.map(({ type }) => type)).toEqual(Array(10).fill('PROCESSING'));

  for (const [field, value] of Object.entries({ title: '', subtitle: 'x'.repeat(1_001), type: 'SHOUTING' })) {
    const refused = await api.client.post(path, { title: 'fine', [field]: value });
    expect(refused).toMatchObject(problemWith(400, 'BAD_REQUEST', { errors: { [field]: expect.any(String) } }));
  }
  expect(await stranger.get(path)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect(await stranger.post(path, { title: 'mine' })).toMatchObject(problemWith(404, 'NOT_FOUND'));
});

test('a planned execution says what it waits for, and how many are before it, until a worker has it', async () => {
  const first = await makeExecution(api.client, project.id);
  const second = await makeExecution(api.client, project.id);
  await fold(api, plannedFact(first), plannedFact(second));
  for (const { id } of [first, second]) {
    const queue = api.queues.get(runtimeQueueName('gantry/default'));
    await queue.add('slice', {}, { jobId: sliceJobId(id, 1, 0), priority: 9 });
  }
  const read = async ({ id }: Execution) => (await api.client.get<Execution>(`/api/executions/${id}`)).body;
  const waiting = (before: number) => ({
    ...{ status: 'RUNNING', startDate: null, processingTime: null, queuedAt: expect.any(String) },
    statusDetails: {
      ...{ status: 'WAITING', progress: null, progressMax: null },
      detail: 'No worker serves gantry/default at the moment.',
      message: `waiting for a worker of gantry/default, ${before} before it`,
    },
  });
  expect(await read(second)).toMatchObject(waiting(1));
  const { body: list } = await api.client.get<Page<Execution>>(`/api/executions?filter=id eq '${second.id}'`);
  expect(list.content).toMatchObject([waiting(1)]);
  const { body: overview } = await api.client.get<Overview>('/api/overview');
  expect(overview.waiting).toMatchObject({ workers: 2 });

  await fold(api, startedFact(first));
  expect((await read(first)).statusDetails).toBeNull();
  expect((await api.client.get<Overview>('/api/overview')).body.waiting).toMatchObject({ workers: 1 });
});

test('slices tell who took which steps, and when', async () => {
  const steps = ['gantry/noop', 'gantry/echo', 'gantry/noop'].map((ref) => ({ ref }));
  const execution = await api.client.made<Execution>('/api/executions', { pipeline: { steps } });
  const path = `/api/executions/${execution.id}/slices`;
  expect(await api.client.get(path)).toMatchObject({ status: 200, body: [] });

  const at = (seconds: number) => AT + seconds * 1_000;
  const iso = (seconds: number) => new Date(at(seconds)).toISOString();
  const planned = {
    ...plannedFact(execution),
    at: at(0),
    slices: [
      { runtime: 'gantry/default', firstStep: 0, stepCount: 2 },
      { runtime: 'acme/gpu', firstStep: 2, stepCount: 1 },
    ],
  };
  const second = { slice: 1, step: 2, attempt: 1 };
  await fold(api, planned, { ...startedFact(execution), at: at(1) });
  const { body: running } = await api.client.get<ExecutionSlice[]>(path);
  expect(running.map(({ status, queuedAt }) => [status, queuedAt])).toEqual([
    ['RUNNING', iso(0)],
    ['PENDING', null],
  ]);

  const again = { attempt: 2, workerId: 'worker-2' };
  await fold(
    api,
    { ...startedFact(execution), ...again, stepAttempt: 2, at: at(3) },
    finishedFact(execution, 1, { ...again, at: at(4), nextStep: 1 }),
    finishedFact(execution, 2, { ...again, step: 1, at: at(5) }),
    { ...startedFact(execution), ...second, at: at(7) },
    finishedFact(execution, 1, { ...second, at: at(9), status: 'FAILED', error: moduleException('FLAKY', 'it broke') }),
  );
  expect((await api.client.get(path)).body).toEqual([
    {
      ...{ sliceOrder: 0, attemptNumber: 2, status: 'SUCCEEDED', moduleRuntimeRef: 'gantry/default' },
      ...{ queuedAt: iso(0), leasedAt: iso(3), startedAt: iso(1), completedAt: iso(5), durationMs: 4_000 },
      ...{ workerId: 'worker-2', errorMessage: null },
    },
    {
      ...{ sliceOrder: 1, attemptNumber: 1, status: 'FAILED', moduleRuntimeRef: 'acme/gpu' },
      ...{ queuedAt: iso(5), leasedAt: iso(7), startedAt: iso(7), completedAt: iso(9), durationMs: 2_000 },
      ...{ workerId: 'worker-1', errorMessage: 'it broke' },
    },
  ]);
  expect(await stranger.get(path)).toMatchObject(problemWith(404, 'NOT_FOUND'));
});

test('a slice that was stopped was over when its execution was', async () => {
  const execution = await makeExecution(api.client, project.id);
  await fold(api, plannedFact(execution), { ...startedFact(execution), at: AT });
  await api.client.put(`/api/executions/${execution.id}/cancel`);
  await fold(api, { kind: 'stopped', executionId: execution.id, epoch: 1, at: AT + 500 });
  expect((await api.client.get(`/api/executions/${execution.id}/slices`)).body).toMatchObject([
    { status: 'CANCELLED', completedAt: '2026-01-31T08:00:00.500Z', durationMs: 500 },
  ]);
});

test('recent executions come with their assistants, newest first, and only one’s own', async () => {
  const owner = await makeProject(api.client, 'Recent');
  const assistant = await makeAssistant(api.client, owner.id);
  const adHoc = await api.client.made<Execution>('/api/executions', { pipeline: { steps: [] } });
  const newest = await makeExecution(api.client, owner.id);
  await fold(api, plannedFact(newest), finishedFact(newest, 1));
  const { body } = await api.client.get<Page<{ assistant: object; execution: Execution; startDate: string }>>(
    '/api/recent-executions?pageSize=2',
  );
  const { body: execution } = await api.client.get<Execution>(`/api/executions/${newest.id}`);
  expect(body.content).toMatchObject([
    {
      ...{ assistant: { id: assistant.id, name: assistant.name }, execution: { id: newest.id, status: 'SUCCEEDED' } },
      ...{ startDate: execution.startDate, endDate: execution.endDate },
    },
    { assistant: null, execution: { id: adHoc.id }, startDate: null, endDate: null },
  ]);
  expect(body).toMatchObject({ size: 2, number: 0, numberOfElements: 2 });
  const { id, name, slug } = assistant;
  const named = { id, name, slug, project: { id: owner.id, name: owner.name, slug: owner.slug } };
  expect(body.content.map((recent) => recent.execution.assistant)).toEqual([named, null]);
  expect(execution.assistant).toEqual(named);
  expect(await stranger.get('/api/recent-executions')).toMatchObject({ status: 200, body: { content: [] } });
});

test('what a step emits makes children, shown with their parent and cancelled with it', async () => {
  const owner = await makeProject(api.client, 'Family');
  await makeAssistant(api.client, owner.id, { subscription: 'TASK_CREATED' });
  await makeAssistant(api.client, owner.id, { name: 'Follower', subscription: 'PAGE_FOUND' });
  const steps = [{ ref: 'gantry/noop' }, { ref: 'gantry/noop' }];
  const parent = await api.client.made<Execution>('/api/executions', { projectId: owner.id, pipeline: { steps } });
  await fold(
    api,
    plannedFact(parent),
    startedFact(parent),
    finishedFact(parent, 1, { nextStep: 1, emitted: [{ eventType: 'PAGE_FOUND', data: { page: 1 } }] }),
  );
  const { body } = await api.client.get<Execution>(`/api/executions/${parent.id}`);
  expect(body.childExecutions).toMatchObject([
    { parentExecutionId: parent.id, status: 'PENDING', context: { eventType: 'PAGE_FOUND', page: 1 } },
  ]);
  await api.client.put(`/api/executions/${parent.id}/cancel`);
  const { body: cancelled } = await api.client.get<Execution>(`/api/executions/${parent.id}`);
  expect([cancelled, ...cancelled.childExecutions].map(({ status }) => status)).toEqual(['CANCELLING', 'CANCELLING']);
});

test('every attempt of a step is told, also once another has succeeded', async () => {
  const execution = await makeExecution(api.client, project.id);
  const path = `/api/executions/${execution.id}/attempts`;
  expect((await api.client.get(path)).body).toEqual([]);
  const error = exception('STEP_TIMEOUT', 'The step ran longer than 5 ms');
  await fold(api, plannedFact(execution), startedFact(execution), {
    kind: 'step-retrying',
    ...aboutStep(execution, 1),
    error,
    retryAt: Date.now(),
  });
  await fold(api, finishedFact(execution, 2, { stepAttempt: 2, workerId: 'worker-2' }));
  const instant = expect.stringMatching(/Z$/);
  expect((await api.client.get<StepAttempt[]>(path)).body).toEqual([
    {
      ...{ step: 0, number: 1, workerId: 'worker-1', outcome: 'TIMED_OUT', exceptionDetails: error },
      ...{ startedAt: instant, finishedAt: instant, durationMs: expect.any(Number) },
    },
    {
      ...{ step: 0, number: 2, workerId: 'worker-2', outcome: 'SUCCEEDED', exceptionDetails: null },
      ...{ startedAt: instant, finishedAt: instant, durationMs: expect.any(Number) },
    },
  ]);
  expect((await stranger.get(path)).status).toBe(404);
});
