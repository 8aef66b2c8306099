import { keysOf } from '@gantry/dispatch/keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiClient, problemWith } from '../../test/api-client.ts';
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
  expect(await api.client.put('/admin/queues/api/queues/executions/pause')).toMatchObject({ status: 405 });
});

test('without a key the board is closed, to admins of other organizations too', async () => {
  const anonymous = await fetch(`${api.url}/admin/queues/api/queues`);
  expect([anonymous.status, await anonymous.json()]).toMatchObject([401, { code: 'UNAUTHORIZED' }]);
  const browser = { headers: { accept: 'text/html' }, redirect: 'manual' } as const;
  const sentAway = await fetch(`${api.url}/admin/queues`, browser);
  expect([sentAway.status, sentAway.headers.get('location')]).toEqual([302, '/admin/login']);

  for (const client of [await api.clientOf('local', 'executions:read'), await api.clientOf('stranger', 'admin')]) {
    expect(await client.get('/admin/queues')).toMatchObject(problemWith(403, 'FORBIDDEN'));
    expect((await logIn(client)).status).toBe(401);
  }
});

test('a login gives a browser a cookie that holds no key, until the key is revoked', async () => {
  const { body: key } = await api.client.post<{ id: string; key: string }>('/api/keys', {
    name: 'ops',
    scopes: ['admin'],
  });
  const login = await logIn({ ...api.client, key: key.key });
  expect([login.status, login.headers.get('location')]).toEqual([303, '/admin/queues']);
  const cookie = login.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/; Path=\/admin; .*HttpOnly; SameSite=Strict/);
  expect(cookie).not.toContain(key.key);

  const [session = ''] = cookie.split(';');
  const open = (value: string) => fetch(`${api.url}/admin/queues`, { headers: { cookie: `other=1; ${value}` } });
  const page = await open(session);
  expect([page.status, page.headers.get('x-frame-options')]).toEqual([200, 'DENY']);
  expect(await page.text()).toContain('Gantry queues');
  const [name, value = ''] = session.split('=');
  const later = value.replace(/\.\d+\./, (until) => `.${Number(until.slice(1, -1)) + 1}.`);
  for (const forged of [later, 'x', `${key.id}.1.${'0'.repeat(64)}`]) {
    expect((await open(`${name}=${forged}`)).status).toBe(401);
  }
  await api.client.delete(`/api/keys/${key.id}`);
  expect((await open(session)).status).toBe(401);
});

test('the login page has no scripts, and logins cannot be tried without end', async () => {
  const page = await fetch(`${api.url}/admin/login`);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(await page.text()).not.toContain('<script');
  const attempts = [];
  for (let count = 0; count < 11; count += 1) attempts.push(await logIn({ ...api.client, key: '<wrong>' }));
  const last = attempts.at(-1);
  expect([last?.status, last?.headers.get('retry-after')]).toEqual([429, '60']);
});

function logIn({ key }: Pick<ApiClient, 'key'>): Promise<Response> {
  return fetch(`${api.url}/admin/login`, {
    method: 'POST',
    body: new URLSearchParams({ key }),
    redirect: 'manual',
  });
}
