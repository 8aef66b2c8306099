import { keysOf } from '@gantry/dispatch/keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeExecution, makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

interface BoardQueues {
  queues: { name: string; readOnlyMode: boolean; counts: Record<string, number> }[];
}

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test('admins of the organization that runs Gantry see the live queues, and can change nothing there', async () => {
  const { id } = await makeProject(api.client);
  await makeAssistant(api.client, id);
  await makeExecution(api.client, id);
  await api.redis.sadd(keysOf(api.prefix).runtimes, 'acme/gpu');

  const { body } = await api.client.get<BoardQueues>('/admin/queues/api/queues');
  expect(body.queues).toMatchObject([
    { name: 'executions', readOnlyMode: true, counts: { prioritized: 1 } },
    { name: 'runtime.acme.gpu', readOnlyMode: true },
  ]);
  const shown = await api.client.get<{ queues: { jobs: object[] }[] }>(
    '/admin/queues/api/queues?activeQueue=executions',
  );
  const [job] = shown.body.queues.flatMap(({ jobs }) => jobs);
  const link = { href: expect.stringMatching(/^\/executions\/[0-9a-f-]{36}$/), displayText: 'the execution' };
  expect(job).toMatchObject({ name: 'plan', priority: 6, externalUrl: link });
  const page = await api.client.get<string>('/admin/queues');
  expect(page.body).toContain('<div id="root">');
  expect(page.body).not.toMatch(/(?:href|src)="(?:https?:)?\/\//);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self';/);
  expect(await api.client.put('/admin/queues/api/queues/executions/pause')).toMatchObject({ status: 405 });
});

test('without a key the board is closed, to admins of other organizations too', async () => {
  const anonymous = await fetch(`${api.url}/admin/queues/api/queues`);
  expect([anonymous.status, await anonymous.json()]).toMatchObject([401, { code: 'UNAUTHORIZED' }]);
  const browser = { headers: { accept: 'text/html' }, redirect: 'manual' } as const;
  const sentAway = await fetch(`${api.url}/admin/queues`, browser);
  expect([sentAway.status, sentAway.headers.get('location')]).toEqual([302, '/sign-in?next=%2Fadmin%2Fqueues']);

  for (const client of [await api.clientOf('local', 'executions:read'), await api.clientOf('stranger', 'admin')]) {
    expect(await client.get('/admin/queues')).toMatchObject(problemWith(403, 'FORBIDDEN'));
  }
});
