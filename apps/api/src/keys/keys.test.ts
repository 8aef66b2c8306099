import type { ApiKey } from '@gantry/contracts/http/api-key';
import type { Page } from '@gantry/contracts/http/page';
import { createLogger } from '@gantry/service/logger';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ApiClient, problemWith } from '../../test/api-client.ts';
import { NO_ID } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';
import { provideFirstKey } from '../first-key.ts';
import { KeyVerifier } from '../http/key-verifier.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test('a key is sent in any of three headers; x-api-key wins', async () => {
  const { key, url } = api.client;
  const status = async (headers: Record<string, string>) => (await fetch(`${url}/api/account/me`, { headers })).status;
  expect(await status({ 'x-api-key': key })).toBe(200);
  expect(await status({ 'x-access-token': key })).toBe(200);
  expect(await status({ authorization: `Bearer ${key}` })).toBe(200);
  expect(await status({ 'x-api-key': 'wrong', 'x-access-token': key })).toBe(401);
  expect(await status({ 'x-api-key': '', 'x-access-token': '', authorization: `Bearer ${key}` })).toBe(200);
  expect(await status({ authorization: `Basic ${key}` })).toBe(401);
  expect(await status({ 'x-api-key': '' })).toBe(401);
  expect(await new ApiClient(url, 'wrong').get('/api/account/me')).toMatchObject(problemWith(401, 'UNAUTHORIZED'));
});

test('a key does what its scopes allow, and admin everything', async () => {
  const reader = await api.clientOf('acme', 'executions:read');
  expect(await reader.get('/api/executions')).toMatchObject({ status: 200 });
  expect(await reader.get('/api/assistants')).toMatchObject({ status: 200 });
  for (const answer of [
    reader.post('/api/events', {}),
    reader.put(`/api/executions/${NO_ID}/cancel`),
    reader.post('/api/projects', { name: 'x' }),
    reader.get('/api/keys'),
  ]) {
    expect(await answer).toMatchObject(problemWith(403, 'FORBIDDEN'));
  }
  const admin = await api.clientOf('acme', 'admin');
  expect(await admin.post('/api/projects', { name: 'x' })).toMatchObject({ status: 201 });
  expect(await reader.get('/api/account/me')).toMatchObject({
    body: { organization: { slug: 'acme' }, key: { scopes: ['executions:read'] } },
  });
});

test('what concerns all organizations is for keys with the scope operator, and for admins of the one that runs Gantry', async () => {
  const operations = (client: ApiClient) =>
    Promise.all([
      client.get('/api/admin/doctor'),
      client.get('/api/admin/workers'),
      client.post('/api/admin/pause', { runtime: 'acme/idle' }),
      client.post('/api/admin/resume', { runtime: 'acme/idle' }),
      client.get('/api/organizations'),
    ]).then((answers) => answers.map(({ status }) => status));
  const olderAdmin = await api.clientOf('local', 'admin');
  const made = await olderAdmin.made<{ key: string }>('/api/keys', { name: 'ops', scopes: ['operator'] });
  const operator = new ApiClient(api.url, made.key);
  for (const client of [olderAdmin, operator]) expect(await operations(client)).toEqual([200, 200, 200, 200, 200]);
  expect(await operator.get('/api/executions')).toMatchObject(problemWith(403, 'FORBIDDEN'));

  const tenant = await api.clientOf('tenant', 'admin');
  expect(await operations(tenant)).toEqual([403, 403, 403, 403, 403]);
  expect(await tenant.post('/api/keys', { name: 'x', scopes: ['operator'] })).toMatchObject(
    problemWith(403, 'FORBIDDEN'),
  );
});

test('a key is made, shown once, listed without its secret, and refused once revoked', async () => {
  const made = await api.client.made<ApiKey & { key: string }>('/api/keys', {
    name: 'ci',
    scopes: ['executions:read'],
  });
  expect(made.key).toMatch(/^gantry_[\w-]{43}$/);
  const client = new ApiClient(api.url, made.key);
  expect(await client.get('/api/executions')).toMatchObject({ status: 200 });

  const { key: _secret, ...shown } = made;
  const { body } = await api.client.get<Page<ApiKey>>(`/api/keys?filter=name:ci`);
  expect(body.content).toEqual([shown]);

  const path = `/api/keys/${made.id}`;
  expect(await (await api.clientOf('stranger', 'admin')).delete(path)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect(await api.client.delete(path)).toMatchObject({ status: 204 });
  expect(await client.get('/api/executions')).toMatchObject(problemWith(401, 'UNAUTHORIZED'));
  expect(await api.client.delete(path)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect(await api.client.post('/api/keys', { name: 'x', scopes: ['root'] })).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { 'scopes.0': expect.any(String) } }),
  );
});

test('among many unknown keys of an address one that is known is let in, also once another was revoked', async () => {
  const crowded = await startApi();
  onTestFinished(() => crowded.close());
  const revoked = await crowded.client.made<ApiKey & { key: string }>('/api/keys', {
    name: 'ci',
    scopes: ['executions:read'],
  });
  const stranger = new ApiClient(crowded.url, 'wrong');
  await waitFor(async () => (await stranger.get('/api/account/me')).status === 429);
  expect(await crowded.client.delete(`/api/keys/${revoked.id}`)).toMatchObject({ status: 204 });
  expect(await crowded.client.get('/api/account/me')).toMatchObject({ status: 200 });
  expect((await new ApiClient(crowded.url, revoked.key).get('/api/account/me')).status).not.toBe(200);
});

test('the first key is the one that was chosen; a random one is made only where there is none', async () => {
  const { key: made } = await api.client.made<ApiKey & { key: string }>('/api/keys', { name: 'ci', scopes: ['admin'] });
  const lines: string[] = [];
  const logger = createLogger({ name: 'api', level: 'info' }, { write: (line) => lines.push(line) });
  await provideFirstKey(api.db, undefined, logger);
  expect(lines).toEqual([]);

  await provideFirstKey(api.db, 'chosen-by-the-operator-0123456789', logger);
  await provideFirstKey(api.db, 'chosen-by-the-operator-0123456789', logger);
  const chosen = new ApiClient(api.url, 'chosen-by-the-operator-0123456789');
  expect(await chosen.get('/api/account/me')).toMatchObject({ body: { organization: { slug: 'local' } } });

  // Another one takes its place, what was made by hand stays, and going back is possible.
  const isValid = (secret: string) =>
    new KeyVerifier(api.db).verify({ 'x-api-key': secret }, undefined).then(
      () => true,
      () => false,
    );
  for (const [next, before] of [
    ['chosen-later-by-the-operator-0123', 'chosen-by-the-operator-0123456789'],
    ['chosen-by-the-operator-0123456789', 'chosen-later-by-the-operator-0123'],
  ] as const) {
    await provideFirstKey(api.db, next, logger);
    expect([await isValid(next), await isValid(before), await isValid(made)]).toEqual([true, false, true]);
  }

  await api.db.deleteFrom('api_keys').execute();
  await provideFirstKey(api.db, undefined, logger);
  const [, secret = ''] = /shown this once: (gantry_[\w-]+)/.exec(lines.join()) ?? [];
  expect(await new ApiClient(api.url, secret).get('/api/account/me')).toMatchObject({ status: 200 });
});
