import type { Overview } from '@gantry/contracts/http/overview';
import { type ExecutionStatus, executionStatusNames, statusValue } from '@gantry/domain/status';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeExecution, makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;

beforeAll(async () => {
  api = await startApi();
  projectId = (await makeProject(api.client)).id;
  await makeAssistant(api.client, projectId);
});
afterAll(() => api.close());

const zero = Object.fromEntries(executionStatusNames.map((name) => [name, 0]));
const none = { created: 0, succeeded: 0, failed: 0, failureRate: null, statuses: zero };

/** An execution that was created some hours ago and is now in that status. */
async function make(status: ExecutionStatus, hoursAgo: number): Promise<{ id: string; createdOn: string }> {
  const { id } = await makeExecution(api.client, projectId);
  const createdAt = new Date(Date.now() - hoursAgo * 3_600_000);
  await api.db
    .updateTable('executions')
    .set({ status: statusValue(status), created_at: createdAt })
    .where('id', '=', id)
    .execute();
  return { id, createdOn: createdAt.toISOString() };
}

const read = async (client = api.client) => client.get<Overview>('/api/overview');

test('executions are counted by status and by age, for their own organization', async () => {
  expect((await read()).body).toEqual({
    ...{ asOf: expect.stringMatching(/Z$/), total: 0, statuses: zero, lastHour: none },
    ...{ last24Hours: none, last7Days: none, queueDepth: 0, oldestPending: null },
    waiting: { admission: 0, planning: 0, workers: 0 },
    pauses: [],
  });

  await make('PENDING', 0);
  await make('REQUESTED', 3);
  const oldest = await make('PENDING', 30);
  await make('RUNNING', 40);
  for (const hours of [0, 0, 0, 2]) await make('SUCCEEDED', hours);
  for (const hours of [0, 5, 23, 25]) await make('FAILED', hours);
  await make('CANCELLED', 0);

  const { status, body } = await read();
  expect([status, body]).toEqual([
    200,
    {
      asOf: expect.any(String),
      total: 13,
      statuses: { ...zero, PENDING: 2, REQUESTED: 1, RUNNING: 1, SUCCEEDED: 4, FAILED: 4, CANCELLED: 1 },
      lastHour: {
        ...{ created: 6, succeeded: 3, failed: 1, failureRate: 0.25 },
        statuses: { ...zero, PENDING: 1, SUCCEEDED: 3, FAILED: 1, CANCELLED: 1 },
      },
      last24Hours: {
        ...{ created: 10, succeeded: 4, failed: 3, failureRate: 3 / 7 },
        statuses: { ...zero, PENDING: 1, REQUESTED: 1, SUCCEEDED: 4, FAILED: 3, CANCELLED: 1 },
      },
      last7Days: expect.objectContaining({ created: 13, succeeded: 4, failed: 4, failureRate: 0.5 }),
      queueDepth: 3,
      waiting: { admission: 1, planning: 2, workers: 0 },
      pauses: [],
      oldestPending: oldest,
    },
  ]);

  expect((await read(await api.clientOf('stranger', 'executions:read'))).body).toMatchObject({
    ...{ total: 0, statuses: zero, last24Hours: none, queueDepth: 0, oldestPending: null },
  });
  expect(await read(await api.clientOf('local', 'events:write'))).toMatchObject(problemWith(403, 'FORBIDDEN'));
});
