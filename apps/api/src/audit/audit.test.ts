import type { Assistant, AssistantRevision } from '@gantry/contracts/http/assistant';
import type { AuditEntry } from '@gantry/contracts/http/audit-entry';
import type { BulkOperation } from '@gantry/contracts/http/bulk-operation';
import type { Page } from '@gantry/contracts/http/page';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { fold } from '../../test/fold.ts';
import { makeAssistant, makeExecution, makeProject, NO_ID } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;
beforeAll(async () => {
  api = await startApi();
  projectId = (await makeProject(api.client)).id;
});
afterAll(() => api.close());

async function entries(filter = ''): Promise<AuditEntry[]> {
  const query = new URLSearchParams({ filter, sort: 'at,asc', pageSize: '1000' });
  return (await api.client.get<Page<AuditEntry>>(`/api/audit?${query}`)).body.content;
}

async function deeds(id: string): Promise<string[]> {
  return (await entries(`resourceId eq '${id}'`)).map(({ action, resource }) => `${action} ${resource}`);
}

test('who did what to which resource is written down, and nothing of what was refused', async () => {
  const { client } = api;
  const assistant = await makeAssistant(client, projectId);
  await client.put(`/api/assistants/${assistant.id}`, { name: 'Other' });
  await client.put(`/api/assistants/${assistant.id}`, { name: 'Late', changeSequence: 1 });
  const execution = await makeExecution(client, projectId);
  await client.put(`/api/executions/${execution.id}/cancel`);
  await client.post(`/api/executions/${execution.id}/restart`, {});
  await fold(api, { kind: 'stopped', executionId: execution.id, epoch: 0, at: Date.now() });
  const restarted = await client.made<{ id: string }>(`/api/executions/${execution.id}/restart`, {});
  const family = await makeExecution(client, projectId, { eventType: 'DATA_OBJECT_UPDATED', documentFamilyId: 'f-1' });
  await client.put('/api/document-families/f-1/reprocess');
  const bulk = await client.made<BulkOperation>('/api/executions/cancel', { filter: `id eq '${family.id}'` }, 202);
  await client.delete(`/api/assistants/${assistant.id}`);
  const module = await client.made<{ id: string }>('/api/modules', { slug: 'audited' });
  await client.put(`/api/modules/${module.id}`, { name: 'Audited' });
  await client.delete(`/api/modules/${module.id}`);
  const key = await client.made<{ id: string }>('/api/keys', { name: 'crm', scopes: ['events:write'] });
  await client.delete(`/api/keys/${key.id}`);
  const project = await client.made<{ id: string }>('/api/projects', { name: 'Post room' });
  await client.put(`/api/projects/${project.id}`, { description: 'Letters in' });
  const store = await client.made<{ id: string }>('/api/stores', { name: 'Letters', projectId: project.id });
  const reacting = await makeAssistant(client, project.id);
  await client.delete(`/api/projects/${project.id}`);
  const organization = await client.made<{ id: string }>('/api/organizations', { name: 'Sister' });

  expect(await deeds(assistant.id)).toEqual(['create assistant', 'update assistant', 'delete assistant']);
  expect(await deeds(execution.id)).toEqual(['cancel execution', 'restart execution']);
  expect(await deeds('f-1')).toEqual(['reprocess document-family']);
  expect(await deeds(bulk.id)).toEqual(['start bulk-operation']);
  expect(await deeds(module.id)).toEqual(['create module', 'update module', 'delete module']);
  expect(await deeds(key.id)).toEqual(['create key', 'revoke key']);
  expect(await deeds(store.id)).toEqual(['create store']);
  expect(await deeds(project.id)).toEqual(['create project', 'update project', 'delete project']);
  expect(await deeds(reacting.id)).toEqual(['create assistant', 'delete assistant']);
  expect(await deeds(organization.id)).toEqual(['create organization']);
  const gone = await entries(`action in ('delete','revoke')`);
  expect(gone.map(({ resource, details }) => [resource, details])).toEqual([
    ['assistant', { name: 'Other' }],
    ['module', { ref: 'local/audited' }],
    ['key', { name: 'crm' }],
    ['assistant', { name: reacting.name }],
    ['project', { name: 'Post room', stores: ['letters'] }],
  ]);
  const [, entry] = await entries(`resource eq 'execution'`);
  expect(entry).toEqual({
    ...{ id: expect.any(String), at: expect.stringMatching(/Z$/), keyId: expect.any(String), keyName: 'first key' },
    ...{ action: 'restart', resource: 'execution', resourceId: execution.id },
    details: { executionId: restarted.id, fromStep: null },
  });
  const reader = await api.clientOf('local', 'executions:read');
  expect(await reader.get('/api/audit')).toMatchObject(problemWith(403, 'FORBIDDEN'));
  const stranger = await api.clientOf('strangers', 'admin');
  expect((await stranger.get('/api/audit')).body).toMatchObject({ content: [] });
});

test('a change names what it gave a value, and nothing that stayed', async () => {
  const { client } = api;
  const condition = { kind: 'nothing-succeeded', minutes: 5 };
  const { id: moduleId } = await client.made<{ id: string }>('/api/modules', { slug: 'changed' });
  const { id: projectId } = await makeProject(client);
  const { id: assistantId } = await makeAssistant(client, projectId);
  const { id: alertId } = await client.made<{ id: string }>('/api/alerts', { name: 'Quiet', condition });
  const webhook = { name: 'Ends', url: 'https://example.com/hook', events: ['execution.finished'] };
  const { id: webhookId } = await client.made<{ id: string }>('/api/webhooks', webhook);
  const changed = {
    [`/api/modules/${moduleId}`]: moduleId,
    [`/api/projects/${projectId}`]: projectId,
    [`/api/assistants/${assistantId}`]: assistantId,
    [`/api/alerts/${alertId}`]: alertId,
    [`/api/webhooks/${webhookId}`]: webhookId,
  };
  for (const [path, id] of Object.entries(changed)) {
    expect(await client.put(path, { name: 'Renamed' }), path).toMatchObject({ status: 200 });
    const [entry] = await entries(`resourceId eq '${id}' and action eq 'update'`);
    expect(entry?.details, path).toMatchObject({ fields: ['name'] });
  }
});

test('each pipeline of an assistant is a revision that executions name and that can be restored', async () => {
  const { client } = api;
  const project = await makeProject(client);
  const { id, revision } = await makeAssistant(client, project.id);
  expect(revision).toBe(1);
  const path = `/api/assistants/${id}`;
  const pipeline = (ref: string) => ({ options: { pipeline: { steps: [{ ref }] }, complete_label: 'done' } });
  expect((await client.put<Assistant>(path, { name: 'Renamed' })).body.revision).toBe(1);
  expect((await client.put<Assistant>(path, pipeline('acme/new'))).body.revision).toBe(2);
  expect((await client.put<Assistant>(path, pipeline('acme/new'))).body.revision).toBe(2);
  expect(await makeExecution(client, project.id)).toMatchObject({ revision: 2 });

  const restored = await client.put<Assistant>(`${path}/revisions/1/restore`);
  expect(restored.body).toMatchObject({
    ...{ revision: 3, name: 'Renamed' },
    options: { complete_label: 'done', pipeline: { steps: [{ ref: 'module://gantry/noop' }] } },
  });
  const { body } = await client.get<AssistantRevision[]>(`${path}/revisions`);
  expect(body.map(({ number, keyName, pipeline }) => [number, keyName, pipeline?.steps[0]?.ref])).toEqual([
    [3, 'first key', 'module://gantry/noop'],
    [2, 'first key', 'acme/new'],
    [1, 'first key', 'module://gantry/noop'],
  ]);
  expect(await deeds(id)).toEqual(['create assistant', ...Array(3).fill('update assistant'), 'restore assistant']);
  expect((await client.put(`${path}/revisions/9/restore`)).status).toBe(404);
  expect((await client.get(`/api/assistants/${NO_ID}/revisions`)).status).toBe(404);
});
