import type { Doctor } from '@gantry/contracts/http/diagnosis';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const doctor = async () => {
  const { body } = await api.client.get<Doctor>('/api/admin/doctor');
  return { ...body, of: (name: string) => body.checks.find(({ check }) => check === name) };
};

test('a system in which nobody leads is bad, and it says what to do', async () => {
  await sql`update leader set expires_at = '-infinity'`.execute(api.db);
  const { verdict, of } = await doctor();
  expect(verdict).toBe('bad');
  expect(of('leader')).toMatchObject({ verdict: 'bad', advice: expect.stringContaining('Start a scheduler') });
  expect(of('migrations')).toEqual({ check: 'migrations', verdict: 'ok', found: 'all there', advice: null });
  expect(of('Redis version')).toMatchObject({ verdict: 'ok' });
  await sql`update leader set expires_at = 'infinity'`.execute(api.db);
  expect((await doctor()).of('leader')).toMatchObject({ verdict: 'ok' });
});

test('work for a runtime that no worker serves is found', async () => {
  await api.redis.sadd(`${api.prefix}:runtimes`, 'acme/gpu');
  await api.queues.add('runtime.acme.gpu', [{ id: 'a.1', name: 'slice', priority: 1, data: {} }]);
  const found = 'acme/gpu (1 slices)';
  expect((await doctor()).of('runtimes without workers')).toMatchObject({ verdict: 'bad', found });
});

test('it is for operators', async () => {
  const reader = await api.clientOf('reader', 'executions:read');
  expect(await reader.get('/api/admin/doctor')).toMatchObject(problemWith(403, 'FORBIDDEN'));
});
