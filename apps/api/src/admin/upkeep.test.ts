import { randomBytes } from 'node:crypto';
import type { AuditEntry } from '@gantry/contracts/http/audit-entry';
import type { Page } from '@gantry/contracts/http/page';
import type { Pruned } from '@gantry/contracts/http/prune';
import type { ReKeyed } from '@gantry/contracts/http/re-key';
import { putSecret } from '@gantry/record/secrets/put-secret';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeExecution, makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';
import { SecretSeal } from '../secrets/secret-seal.ts';

const [NEW, OLD, GONE] = [randomBytes(32), randomBytes(32), randomBytes(32)];
let api: RunningApi;
let projectId: string;
beforeAll(async () => {
  api = await startApi({ env: { GANTRY_SECRETS_KEY: `${NEW.toString('base64')},${OLD.toString('base64')}` } });
  projectId = (await makeProject(api.client)).id;
  await makeAssistant(api.client, projectId);
});
afterAll(() => api.close());

async function lastDeed(): Promise<AuditEntry | undefined> {
  return (await api.client.get<Page<AuditEntry>>('/api/audit?sort=at,desc&pageSize=1')).body.content[0];
}

test('unfinished executions that match are asked for, once they were counted', async () => {
  const { client, db } = api;
  const { id } = await makeExecution(client, projectId);
  const over = await makeExecution(client, projectId);
  await sql`update executions set status = 2, finished_at = now() where id = ${over.id}`.execute(db);
  const filter = `id in ('${id}', '${over.id}')`;
  const requests = () => db.selectFrom('requeue_requests').select('execution_id').execute();
  expect(await client.post('/api/admin/requeue', { filter, dryRun: true })).toMatchObject({
    ...{ status: 200, body: { dryRun: true, count: 1 } },
  });
  expect(await requests()).toEqual([]);
  for (const _again of [1, 2]) {
    const answer = { status: 202, body: { requested: 1 } };
    expect(await client.post('/api/admin/requeue', { filter })).toMatchObject(answer);
  }
  expect(await requests()).toEqual([{ execution_id: id }]);
  expect(await lastDeed()).toMatchObject({ action: 'requeue', details: { filter: [filter], count: 1 } });
  expect(await client.post('/api/admin/requeue', {})).toMatchObject(problemWith(400, 'BULK_FILTER_REQUIRED'));
});

test('what was kept long enough goes, once it was counted; what is younger stays', async () => {
  const { client, db } = api;
  const kept = await makeExecution(client, projectId);
  const id = '0180a1b2-0000-7000-8000-000000000001';
  const { id: old } = await makeExecution(client, projectId);
  await sql`
    update executions set id = ${id}, status = 2, created_at = '2022-05-08', finished_at = '2022-05-08'
    where id = ${old}`.execute(db);
  const prune = async (body: object) => (await client.post<Pruned>('/api/admin/prune', body)).body;
  expect(await prune({ executionDays: 30, dryRun: true })).toEqual({ executions: 1, events: 0, more: false });
  expect(await prune({ executionDays: 30, eventDays: 30 })).toEqual({ executions: 1, events: 0, more: false });
  expect(await client.get(`/api/executions/${id}`)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect(await client.get(`/api/executions/${kept.id}`)).toMatchObject({ status: 200 });
  expect(await lastDeed()).toMatchObject({ action: 'prune', details: { executionDays: 30, executions: 1 } });
  expect(await client.post('/api/admin/prune', {})).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { executionDays: expect.any(String) } }),
  );
});

test('secrets that another key has sealed are sealed anew; those of a key that is gone are counted', async () => {
  const { client, db } = api;
  const { body: account } = await client.get<{ organization: { id: string } }>('/api/account/me');
  const keep = (name: string, key: Buffer) => {
    const place = { organizationId: account.organization.id, projectId: null, name };
    return putSecret(db, place, new SecretSeal([key]).seal('a value', place));
  };
  await keep('OF_BEFORE', OLD);
  await keep('OF_NOW', NEW);
  const reKey = async () => (await client.post<ReKeyed>('/api/admin/re-key', {})).body;
  const { keyId } = new SecretSeal([NEW]);
  expect(await reKey()).toEqual({ keyId, resealed: 1, lost: 0 });
  expect(await lastDeed()).toMatchObject({ action: 'rotate', resource: 'secret', resourceId: keyId });
  await keep('LOST', GONE);
  expect(await reKey()).toEqual({ keyId, resealed: 0, lost: 1 });
});
