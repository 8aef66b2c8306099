import type { Page } from '@gantry/contracts/http/page';
import type { WebhookDelivery, WebhookWithSecret } from '@gantry/contracts/http/webhook';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { finishedFact, fold, plannedFact, startedFact } from '../../test/fold.ts';
import { makeAssistant, makeExecution, makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const OPS = { url: 'https://ops.example/gantry', events: ['execution.failed'] };

test('a webhook shows its secret when it is made and when it gets a new one, and never else', async () => {
  const made = await api.client.made<WebhookWithSecret>('/api/webhooks', OPS);
  expect(made).toMatchObject({ ...OPS, name: 'ops.example', active: true, filter: null, projectId: null, dropped: 0 });
  expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const path = `/api/webhooks/${made.id}`;
  const { body } = await api.client.get<object>(path);
  expect(body).not.toHaveProperty('secret');
  const rotated = await api.client.post<WebhookWithSecret>(`${path}/rotate-secret`, {});
  expect(rotated.body.secret).not.toBe(made.secret);
  const list = await api.client.get<Page<object>>(`/api/webhooks?filter=id eq '${made.id}'`);
  expect(JSON.stringify(list.body)).not.toContain('whsec_');
  expect(list.body.totalElements).toBe(1);
  const audited = await api.client.get(`/api/audit?filter=resourceId eq '${made.id}'`);
  expect(audited.body).toMatchObject({ content: [{ action: 'rotate' }, { action: 'create', resource: 'webhook' }] });
});

test.each([
  [{ ...OPS, url: 'ftp://ops.example' }, 'url'],
  [{ ...OPS, url: 'mailto:nobody' }, 'url'],
  [{ ...OPS, events: ['execution.started'] }, 'events.0'],
  [{ ...OPS, filter: 'colour eq 1' }, 'filter'],
  [{ ...OPS, events: ['execution.failed', 'alert.firing'], filter: "name eq 'x'" }, 'filter'],
])('what cannot be is refused with its field: %j', async (input, field) => {
  const { status, body } = await api.client.post<{ errors: object }>('/api/webhooks', input);
  expect([status, Object.keys(body.errors)]).toEqual([400, [field]]);
});

test('a webhook is changed, switched off with what waits for it, and removed', async () => {
  const { id } = await api.client.made<WebhookWithSecret>('/api/webhooks', OPS);
  const path = `/api/webhooks/${id}`;
  await api.client.made(`${path}/test`, {}, 202);
  const changed = await api.client.put(path, { filter: 'priority gt 3', active: false });
  expect(changed.body).toMatchObject({ filter: 'priority gt 3', active: false, events: OPS.events });
  const { body } = await api.client.get<Page<WebhookDelivery>>(`${path}/deliveries`);
  expect(body.content).toMatchObject([{ status: 'FAILED', event: 'webhook.test', dueOn: null }]);
  const again = await api.client.post(`${path}/deliveries/${body.content[0]?.id}/resend`, {});
  expect(again).toMatchObject({ status: 202, body: { status: 'PENDING', attempts: 0 } });
  const stale = await api.client.put(path, { changeSequence: 0 });
  expect(stale).toMatchObject(problemWith(409, 'STALE_CHANGE_SEQUENCE'));
  expect((await api.client.delete(path)).status).toBe(204);
  expect((await api.client.get(path)).status).toBe(404);
});

test('what is removed while a request refers to it is not there, which is no fault inside', async () => {
  const { id } = await api.client.made<WebhookWithSecret>('/api/webhooks', OPS);
  let answer: ReturnType<typeof api.client.post> | undefined;
  await api.db.transaction().execute(async (tx) => {
    await tx.deleteFrom('webhooks').where('id', '=', id).execute();
    answer = api.client.post(`/api/webhooks/${id}/test`, {});
    await waitFor(async () => {
      const { rows } = await sql<{ waiting: number }>`
        select count(*)::int as waiting from pg_locks join pg_stat_activity using (pid)
        where not granted and datname = current_database()`.execute(api.db);
      return rows[0]?.waiting === 1;
    });
  });
  expect(await answer).toMatchObject(problemWith(404, 'NOT_FOUND'));
});

test('what happens is in the log of deliveries, and can be filtered', async () => {
  const { id: projectId } = await makeProject(api.client);
  await makeAssistant(api.client, projectId);
  const { id } = await api.client.made<WebhookWithSecret>('/api/webhooks', { ...OPS, projectId });
  const execution = await makeExecution(api.client, projectId);
  const failed = { status: 'FAILED', error: { errorType: 'X', message: 'x' } } as const;
  await fold(api, plannedFact(execution), startedFact(execution), finishedFact(execution, 1, failed));
  const deliveries = `/api/webhooks/${id}/deliveries`;
  const { body } = await api.client.get<Page<WebhookDelivery>>(`${deliveries}?filter=status eq 'PENDING'`);
  expect(body.content).toMatchObject([{ event: 'execution.failed', payload: { data: { id: execution.id } } }]);
  expect((await api.client.get(`${deliveries}?filter=status eq 'DELIVERED'`)).body).toMatchObject({ totalElements: 0 });
});
