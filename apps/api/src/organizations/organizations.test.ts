import type { Organization } from '@gantry/contracts/http/organization';
import type { Page } from '@gantry/contracts/http/page';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiClient, problemWith } from '../../test/api-client.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const PATH = '/api/organizations';

test('the first organization makes others, each with a key that is shown once', async () => {
  const made = await api.client.made<Organization & { key: string }>(PATH, { name: 'Acme Ltd.' });
  expect(made).toMatchObject({ slug: 'acme-ltd', name: 'Acme Ltd.', key: expect.stringMatching(/^gantry_/) });
  const client = new ApiClient(api.url, made.key);
  expect(await client.get('/api/account/me')).toMatchObject({
    body: { organization: { id: made.id, slug: 'acme-ltd' }, key: { scopes: expect.arrayContaining(['admin']) } },
  });
  expect(await client.post('/api/keys', { name: 'crm', scopes: ['events:write'] })).toMatchObject({ status: 201 });

  const { key: _key, ...shown } = made;
  expect((await api.client.get<Page<Organization>>(`${PATH}?filter=slug:'acme-ltd'`)).body.content).toEqual([shown]);
  expect(await api.client.made(PATH, { name: 'Acme Ltd.' })).toMatchObject({ slug: 'acme-ltd-2' });
  expect(await api.client.post(PATH, { name: 'Acme', slug: 'acme-ltd' })).toMatchObject(problemWith(409, 'SLUG_TAKEN'));
  expect(await api.client.post(PATH, {})).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { name: expect.any(String) } }),
  );
});

test('admins of other organizations neither see nor make organizations', async () => {
  for (const client of [await api.clientOf('other', 'admin'), await api.clientOf('local', 'executions:read')]) {
    expect(await client.get(PATH)).toMatchObject(problemWith(403, 'FORBIDDEN'));
    expect(await client.post(PATH, { name: 'x' })).toMatchObject(problemWith(403, 'FORBIDDEN'));
  }
});
