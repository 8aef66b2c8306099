import type { Execution } from '@gantry/contracts/http/execution';
import type { ExecutionCounts } from '@gantry/contracts/http/execution-counts';
import type { FailureGroups } from '@gantry/contracts/http/failure-group';
import type { Page } from '@gantry/contracts/http/page';
import type { StepDurations } from '@gantry/contracts/http/step-durations';
import { moduleException } from '@gantry/domain/exception-details';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { finishedFact, fold, plannedFact, startedFact } from '../../test/fold.ts';
import { makeAssistant, makeExecution, makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let assistantId: string;
let failed: Execution;

beforeAll(async () => {
  api = await startApi();
  const { id: projectId } = await makeProject(api.client);
  assistantId = (await makeAssistant(api.client, projectId)).id;
  failed = await makeExecution(api.client, projectId);
  await makeExecution(api.client, projectId);
  const error = moduleException('INVOICE_UNREADABLE', 'page 3 cannot be read');
  await fold(
    api,
    plannedFact(failed),
    startedFact(failed),
    finishedFact(failed, 1, { status: 'FAILED', error, at: Date.now() + 100 }),
  );
});
afterAll(() => api.close());

const HOUR = /:00:00\.000Z$/;
const hours = { from: expect.stringMatching(HOUR), to: expect.stringMatching(HOUR) };

test('executions are counted by hour and by assistant', async () => {
  const statuses = { PENDING: 1, FAILED: 1 };
  expect((await api.client.get<ExecutionCounts>('/api/execution-counts')).body).toEqual({
    ...hours,
    counts: [{ hour: expect.stringMatching(HOUR), assistantId: null, total: 2, statuses }],
  });
  expect((await api.client.get<ExecutionCounts>('/api/execution-counts?by=assistant')).body).toEqual({
    ...hours,
    counts: [{ hour: null, assistantId, total: 2, statuses }],
  });
  const before = 'from=2020-01-01T00:30:00Z&to=2020-01-01T02:30:00Z';
  expect((await api.client.get<ExecutionCounts>(`/api/execution-counts?${before}`)).body).toEqual({
    ...{ from: '2020-01-01T00:00:00.000Z', to: '2020-01-01T03:00:00.000Z', counts: [] },
  });
  for (const bad of [
    'from=2020-01-01T00:00:00Z',
    'from=2120-01-01T00:00:00Z',
    'from=yesterday',
    'to=9999-12-31T23:30:00Z',
    'to=0000-01-01T00:00:00Z',
    'by=minute',
  ]) {
    const field = bad.split('=')[0] ?? '';
    expect(await api.client.get(`/api/execution-counts?${bad}`), bad).toMatchObject(
      problemWith(400, 'BAD_REQUEST', { errors: { [field]: expect.any(String) } }),
    );
  }
});

test('failures are grouped, and the filter of a group lists its executions', async () => {
  const { groups } = (await api.client.get<FailureGroups>(`/api/failure-groups?assistantId=${assistantId}`)).body;
  expect(groups).toEqual([
    {
      ...{ id: expect.any(String), ref: failed.pipeline.steps[0]?.ref, code: 'INVOICE_UNREADABLE', count: 1 },
      ...{
        assistantIds: [assistantId],
        message: 'page # cannot be read',
        lastMessage: 'page 3 cannot be read',
        lastExecutionId: failed.id,
      },
      ...{ lastSeen: expect.any(String), filter: expect.any(String) },
    },
  ]);
  const filter = encodeURIComponent(groups[0]?.filter ?? '');
  const { content } = (await api.client.get<Page<Execution>>(`/api/executions?filter=${filter}`)).body;
  expect(content.map(({ id, failureGroup }) => [id, failureGroup])).toEqual([[failed.id, groups[0]?.id]]);
});

test('durations are told by module', async () => {
  const { modules } = (await api.client.get<StepDurations>('/api/step-durations')).body;
  expect(modules).toMatchObject([{ ref: failed.pipeline.steps[0]?.ref, runs: 1, failed: 1 }]);
  expect(modules[0]?.meanMs).toBeGreaterThanOrEqual(100);
});

test('others see none of it; counting anew is for admins', async () => {
  const stranger = await api.clientOf('stranger', 'executions:read');
  expect((await stranger.get('/api/execution-counts')).body).toMatchObject({ counts: [] });
  expect((await stranger.get('/api/failure-groups')).body).toMatchObject({ groups: [] });
  expect((await stranger.get('/api/step-durations')).body).toMatchObject({ modules: [] });
  expect(await stranger.post('/api/rollups/rebuild', {})).toMatchObject(problemWith(403, 'FORBIDDEN'));
  expect(await api.client.post('/api/rollups/rebuild', {})).toMatchObject({
    ...{ status: 200, body: { executions: 0, durations: 0 } },
  });
});
