import { randomBytes } from 'node:crypto';
import type { Execution } from '@gantry/contracts/http/execution';
import type { Page } from '@gantry/contracts/http/page';
import type { Secret } from '@gantry/contracts/http/secret';
import { createLogger } from '@gantry/service/logger';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiClient, problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeExecution, makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';
import { sealAnew } from './seal-anew.ts';
import { SecretSeal } from './secret-seal.ts';

const KEY = randomBytes(32);
const TOKEN = randomBytes(32).toString('hex');
const VALUE = 'p4ssword-of-the-crm';

let api: RunningApi;
let execution: Execution;

beforeAll(async () => {
  api = await startApi({ env: { GANTRY_SECRETS_KEY: KEY.toString('base64'), GANTRY_WORKER_TOKEN: TOKEN } });
  execution = await executionOf(api.client);
});
afterAll(() => api.close());

/** In a project of its own. */
async function executionOf(client: ApiClient): Promise<Execution> {
  const { id } = await makeProject(client);
  await makeAssistant(client, id);
  return makeExecution(client, id);
}

/** As a worker does. */
async function ask(name: string, { executionId = execution.id, token = TOKEN } = {}) {
  const response = await fetch(`${api.url}/worker/secrets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ executionId, name }),
  });
  const { value, code } = (await response.json()) as { value?: string; code?: string };
  return value ?? code;
}

test('a secret is kept, listed without its value, given to workers, changed, removed, and all of that is audited', async () => {
  expect(await api.client.put<Secret>('/api/secrets/CRM', { value: VALUE })).toMatchObject({
    status: 201,
    body: { name: 'CRM', projectId: null, changeSequence: 1 },
  });
  expect(await ask('CRM')).toBe(VALUE);
  expect(await api.client.put('/api/secrets/CRM', { value: 'another' })).toMatchObject({ status: 200 });
  expect(await ask('CRM')).toBe('another');

  const { body: page } = await api.client.get<Page<Secret>>('/api/secrets?filter=name eq %27CRM%27');
  expect(page.content).toMatchObject([{ name: 'CRM', changeSequence: 2 }]);
  expect(JSON.stringify(page)).not.toContain('another');
  const { rows } = await sql<{ text: string }>`
    select encode(sealed, 'escape') || encode(sealed, 'base64') as text from secrets`.execute(api.db);
  expect(JSON.stringify(rows)).not.toContain('another');

  expect(await api.client.delete('/api/secrets/CRM')).toMatchObject({ status: 204 });
  expect(await ask('CRM')).toBe('SECRET_NOT_FOUND');
  expect(await api.client.delete('/api/secrets/CRM')).toMatchObject(problemWith(404, 'NOT_FOUND'));
  const { body: audited } = await api.client.get<Page<{ action: string }>>(
    '/api/audit?filter=resource eq %27secret%27',
  );
  expect(audited.content.map(({ action }) => action)).toEqual(['delete', 'update', 'create']);
  expect(JSON.stringify(audited)).not.toContain(VALUE);
});

test('that of the project goes before that of the organization; nobody else’s is given out', async () => {
  await api.client.put('/api/secrets/BOTH', { value: 'of the organization' });
  expect(await ask('BOTH')).toBe('of the organization');
  await api.client.put(`/api/projects/${execution.projectId}/secrets/BOTH`, { value: 'of the project' });
  expect(await ask('BOTH')).toBe('of the project');
  const elsewhere = await executionOf(api.client);
  expect(await ask('BOTH', { executionId: elsewhere.id })).toBe('of the organization');

  const stranger = await api.clientOf('stranger', 'admin');
  expect((await stranger.get<Page<Secret>>('/api/secrets')).body.content).toEqual([]);
  expect(await stranger.put(`/api/projects/${execution.projectId}/secrets/BOTH`, { value: 'x' })).toMatchObject(
    problemWith(404, 'PROJECT_NOT_FOUND'),
  );
  const theirs = await executionOf(stranger);
  expect(await ask('BOTH', { executionId: theirs.id })).toBe('SECRET_NOT_FOUND');
});

test('only workers ask, and only for executions that are not over', async () => {
  await api.client.put('/api/secrets/ASKED', { value: VALUE });
  expect(await ask('ASKED', { token: api.client.key })).toBe('UNAUTHORIZED');
  expect(await ask('no name')).toBe('BAD_REQUEST');
  const over = await executionOf(api.client);
  await sql`update executions set status = 2 where id = ${over.id}`.execute(api.db);
  expect(await ask('ASKED', { executionId: over.id })).toBe('SECRET_NOT_FOUND');
});

test('what cannot be kept is refused by its field', async () => {
  expect(await api.client.put('/api/secrets/lower', { value: 'x' })).toMatchObject(problemWith(404, 'NOT_FOUND'));
  for (const value of [undefined, '', 'x'.repeat(65_537)]) {
    expect(await api.client.put('/api/secrets/FINE', { value })).toMatchObject(
      problemWith(400, 'BAD_REQUEST', { errors: { value: expect.any(String) } }),
    );
  }
  const off = await startApi({ databaseUrl: api.databaseUrl });
  expect(await off.client.put('/api/secrets/FINE', { value: 'x' })).toMatchObject(problemWith(422, 'SECRET_STORE_OFF'));
  await off.close();
});

test('keys are changed: the new one seals, the old one opens until nothing is sealed with it any more', async () => {
  const place = { organizationId: execution.organizationId, projectId: null, name: 'ROTATED' };
  await api.client.put('/api/secrets/ROTATED', { value: VALUE });
  const newer = randomBytes(32);
  const logger = createLogger({ name: 'api', level: 'silent' });
  await sealAnew({ db: api.db, seal: new SecretSeal([newer, KEY]), logger });
  const read = async () => {
    const { rows } = await sql<{ sealed: Buffer; keyId: string }>`
      select sealed, key_id as "keyId" from secrets where name = 'ROTATED'`.execute(api.db);
    return { ...place, sealed: rows[0]?.sealed ?? Buffer.alloc(0), keyId: rows[0]?.keyId ?? '' };
  };
  expect(new SecretSeal([newer]).open(await read())).toBe(VALUE);
  // This api has the old key alone, and says so.
  expect(await ask('ROTATED')).toBe('SECRET_LOST');
  await sealAnew({ db: api.db, seal: new SecretSeal([KEY, newer]), logger });
  expect(await ask('ROTATED')).toBe(VALUE);

  // A row that was put in the place of another one does not open.
  const seal = new SecretSeal([KEY]);
  expect(() => seal.open({ ...seal.seal(VALUE, place), ...place, name: 'OTHER' })).toThrow('not as it was sealed');
});
