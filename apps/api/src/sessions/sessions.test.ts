import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const signIn = (body: object) =>
  fetch(`${api.url}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const sessionOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? '';

test('a key becomes a cookie that holds no key and opens the api and the queues, until the key is revoked', async () => {
  const input = { name: 'ops', scopes: ['admin'] };
  const { body: key } = await api.client.post<{ id: string; key: string }>('/api/keys', input);
  const signedIn = await signIn({ key: key.key });
  expect(signedIn.status).toBe(204);
  const cookie = signedIn.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/; Path=\/; .*HttpOnly; SameSite=Strict/);
  expect(cookie).not.toContain(key.key);

  const session = sessionOf(signedIn);
  const open = (value: string, path = '/admin/queues') =>
    fetch(`${api.url}${path}`, { headers: { cookie: `other=1; ${value}` } });
  expect((await open(session)).status).toBe(200);
  expect((await open(session, '/api/account/me')).status).toBe(200);
  const [name, value = ''] = session.split('=');
  const later = value.replace(/\.\d+\./, (until) => `.${Number(until.slice(1, -1)) + 1}.`);
  for (const forged of [later, 'x', `${key.id}.1.${'0'.repeat(64)}`]) {
    expect((await open(`${name}=${forged}`)).status).toBe(401);
  }
  await api.client.delete(`/api/keys/${key.id}`);
  expect((await open(session)).status).toBe(401);
});

test('what is no session opens nothing', async () => {
  const forged = `gantry_session=${'-'.repeat(36)}.${Date.now() + 60_000}.${'0'.repeat(64)}`;
  const answer = await fetch(`${api.url}/api/account/me`, { headers: { cookie: forged } });
  expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'UNAUTHORIZED' }]);
});

test('a sign-in that cannot be read is a problem of whoever sends it', async () => {
  const send = async (body: string, type: string) => {
    // A text would be given a content type.
    const init = { method: 'POST', headers: type === '' ? {} : { 'content-type': type }, body: Buffer.from(body) };
    const answer = await fetch(`${api.url}/session`, init);
    const { code, errors } = (await answer.json()) as { code: string; errors?: object };
    return [answer.status, code, errors && Object.keys(errors)];
  };
  const json = 'application/json';
  expect(await send('{"key": "half', json)).toEqual([400, 'JSON_INVALID', []]);
  expect(await send('"key"', json)).toEqual([400, 'BAD_REQUEST', ['body']]);
  expect(await send(`{"key":"${'x'.repeat(9_000)}"}`, json)).toEqual([413, 'CONTENT_TOO_LARGE', undefined]);
  // A page of another site may send these without asking first.
  const key = JSON.stringify({ key: api.client.key });
  for (const type of ['text/plain', ''])
    expect(await send(key, type)).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE', undefined]);
});

test('a session changes something for pages of the api alone', async () => {
  const cookie = sessionOf(await signIn({ key: api.client.key }));
  const make = (headers: Record<string, string>) =>
    fetch(`${api.url}/api/projects`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ name: 'made by a page' }),
    });
  expect((await make({})).status).toBe(403);
  expect((await make({ origin: 'http://evil.example' })).status).toBe(403);
  expect((await make({ origin: api.url })).status).toBe(201);
});

test('pages get long answers compressed, programs as they are', async () => {
  const cookie = sessionOf(await signIn({ key: api.client.key }));
  const read = async (headers: Record<string, string>) => {
    const answer = await fetch(`${api.url}/api/modules`, { headers: { ...headers, 'accept-encoding': 'gzip' } });
    const { headers: told } = answer;
    return { encoding: told.get('content-encoding'), vary: told.get('vary'), page: await answer.json() };
  };
  const page = expect.objectContaining({ totalElements: expect.any(Number) });
  const vary = 'accept-encoding, cookie';
  expect(await read({ cookie })).toEqual({ encoding: 'gzip', vary, page });
  expect(await read({ 'x-api-key': api.client.key })).toEqual({ encoding: null, vary, page });
});

test('sign-ins are limited by address, behind a proxy by the one that it names', async () => {
  const behind = await startApi({ env: { TRUST_PROXY: '1' } });
  try {
    const signInFrom = async (address: string) => {
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': address };
      return (await fetch(`${behind.url}/session`, { method: 'POST', headers, body: '{"key":"wrong"}' })).status;
    };
    for (let attempt = 1; attempt <= 10; attempt += 1) expect(await signInFrom('192.0.2.1')).toBe(401);
    expect([await signInFrom('192.0.2.1'), await signInFrom('192.0.2.2')]).toEqual([429, 401]);
  } finally {
    await behind.close();
  }
});

test('a link signs in once', async () => {
  const { body } = await api.client.post<{ token: string }>('/session/links', {});
  const first = await signIn({ token: body.token });
  expect([first.status, sessionOf(first)]).toEqual([204, expect.stringContaining('gantry_session=')]);
  expect((await signIn({ token: body.token })).status).toBe(401);
});

test('sign-ins cannot be tried without end; those that succeed are no trying', async () => {
  for (let count = 0; count < 12; count += 1) expect((await signIn({ key: api.client.key })).status).toBe(204);
  const attempts = [];
  for (let count = 0; count < 11; count += 1) attempts.push(await signIn({ key: '<wrong>' }));
  expect(attempts[0]?.status).toBe(401);
  const last = attempts.at(-1);
  expect([last?.status, last?.headers.get('retry-after')]).toEqual([429, '60']);
});
