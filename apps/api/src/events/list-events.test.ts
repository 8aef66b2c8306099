import type { Event } from '@gantry/contracts/http/event';
import type { Page } from '@gantry/contracts/http/page';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

test('events are listed newest first, each with what it caused, for their own organization', async () => {
  const { id: projectId } = await makeProject(api.client);
  const heard = await makeAssistant(api.client, projectId, { subscription: 'TASK_CREATED' });
  const task = { eventType: 'TASK_CREATED', id: 'task-1', source: 'crm', taskId: '1', projectId };
  await api.client.made('/api/events', { ...task, data: { customer: 'ACME' } }, 202);
  await api.client.made('/api/events', { eventType: 'ORDER_PLACED', projectId }, 202);

  const list = async (query = '', client = api.client) => (await client.get<Page<Event>>(`/api/events${query}`)).body;
  const { content, totalElements } = await list();
  expect([totalElements, content.map(({ eventType }) => eventType)]).toEqual([2, ['ORDER_PLACED', 'TASK_CREATED']]);
  expect(content[0]?.executions).toEqual([]);
  expect(content[1]).toMatchObject({
    ...{ externalId: 'task-1', source: 'crm', taskId: '1', projectId, storeId: null, data: { customer: 'ACME' } },
    executions: [{ id: expect.any(String), assistantId: heard.id, status: 'PENDING', priority: 6 }],
  });

  const filter = (text: string) => list(`?filter=${encodeURIComponent(text)}`);
  for (const text of ["data.customer eq 'ACME'", "taskId eq '1'", "source eq 'crm' and eventType like 'TASK_*'"]) {
    expect(
      (await filter(text)).content.map(({ externalId }) => externalId),
      text,
    ).toEqual(['task-1']);
  }
  expect((await list('?sort=createdOn,asc&pageSize=1')).content).toMatchObject([{ eventType: 'TASK_CREATED' }]);
  expect(await list('', await api.clientOf('strangers', 'executions:read'))).toMatchObject({ totalElements: 0 });
  expect(await api.client.get("/api/events?filter=colour eq 'red'")).toMatchObject(
    problemWith(400, 'FILTER_FIELD_UNKNOWN'),
  );
});
