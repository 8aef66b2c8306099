import type { AuditEntry } from '@gantry/contracts/http/audit-entry';
import type { Overview } from '@gantry/contracts/http/overview';
import type { Page } from '@gantry/contracts/http/page';
import type { Pauses } from '@gantry/contracts/http/pause';
import type { Workers } from '@gantry/contracts/http/worker';
import { keysOf } from '@gantry/dispatch/keys';
import { PausedWork } from '@gantry/dispatch/paused-work';
import { WorkerRegistry } from '@gantry/dispatch/worker-registry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const pauses = async () => (await api.client.get<Pauses>('/api/admin/pauses')).body.pauses;

test('what is paused is shown with its reason, in the overview too, until it is resumed', async () => {
  const { client } = api;
  await client.post('/api/admin/pause', { everything: true, reason: 'disks are moved' });
  await client.post('/api/admin/pause', { runtime: 'acme/gpu' });
  const shown = [
    {
      kind: 'everything',
      target: null,
      reason: 'disks are moved',
      pausedBy: expect.any(String),
      pausedOn: expect.any(String),
    },
    { kind: 'runtime', target: 'acme/gpu', reason: null, pausedBy: expect.any(String), pausedOn: expect.any(String) },
  ];
  expect(await pauses()).toEqual(shown);
  expect((await client.get<Overview>('/api/overview')).body.pauses).toEqual(shown);
  await client.post('/api/admin/resume', { everything: true });
  await client.post('/api/admin/resume', { everything: true });
  await client.post('/api/admin/resume', { runtime: 'acme/gpu' });
  expect(await pauses()).toEqual([]);
  const { body } = await client.get<Page<AuditEntry>>('/api/audit?sort=at,asc');
  expect(body.content.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
    ...['pause system', 'pause runtime', 'resume system', 'resume runtime'],
  ]);
});

test('executions of a paused assistant wait in the record', async () => {
  const { client } = api;
  const { id: projectId } = await makeProject(client);
  const { id: assistantId } = await makeAssistant(client, projectId);
  const run = async () => (await client.made<{ status: string }>('/api/executions', { assistantId, projectId })).status;
  await client.post('/api/admin/pause', { assistantId });
  expect(await run()).toBe('REQUESTED');
  await client.post('/api/admin/resume', { assistantId });
  expect(await run()).toBe('PENDING');
  const stranger = await api.clientOf('stranger', 'admin');
  expect(await stranger.post('/api/admin/pause', { assistantId })).toMatchObject(
    problemWith(404, 'ASSISTANT_NOT_FOUND'),
  );
});

test('what is to be paused has to be said', async () => {
  expect(await api.client.post('/api/admin/pause', {})).toMatchObject(problemWith(400, 'BAD_REQUEST'));
  expect(await api.client.post('/api/admin/pause', { everything: true, runtime: 'acme/gpu' })).toMatchObject(
    problemWith(400, 'BAD_REQUEST'),
  );
});

test('what is paused is said anew where Redis holds something else in its place', async () => {
  const keys = keysOf(api.prefix);
  const work = new PausedWork(api.redis, keys);
  for (const spoil of [() => api.redis.set(keys.paused, '{'), () => api.redis.sadd(keys.paused, 'x')]) {
    await api.redis.del(keys.paused);
    await spoil();
    expect(await work.read('w1')).toMatchObject({ everything: false });
    await work.tell({ everything: true, runtimes: [] });
    expect(await work.read('w1')).toMatchObject({ everything: true });
    await work.tell({ everything: false, runtimes: [] });
  }
});

test('a worker that is there is asked to end', async () => {
  const keys = keysOf(api.prefix);
  const report = { workerId: 'w1', startedAt: Date.now(), runtimes: ['*'], modules: ['gantry/noop'], definitions: [] };
  await new WorkerRegistry(api.redis, keys).announce(report);
  const { workers } = (await api.client.get<Workers>('/api/admin/workers')).body;
  expect(workers).toEqual([{ id: 'w1', startedOn: expect.any(String), runtimes: ['*'], modules: 1 }]);
  const work = new PausedWork(api.redis, keys);
  expect(await work.read('w1')).toMatchObject({ drain: false });
  expect(await api.client.post('/api/admin/workers/w1/drain', {})).toMatchObject({ status: 202 });
  expect(await work.read('w1')).toEqual({ everything: false, runtimes: [], drain: true });
  expect(await api.client.post('/api/admin/workers/w2/drain', {})).toMatchObject(problemWith(404, 'NOT_FOUND'));
});
