import type { Assistant } from '@gantry/contracts/http/assistant';
import type { Module } from '@gantry/contracts/http/module';
import type { Page } from '@gantry/contracts/http/page';
import type { Project } from '@gantry/contracts/http/project';
import { keysOf } from '@gantry/dispatch/keys';
import { WorkerRegistry } from '@gantry/dispatch/worker-registry';
import { BUILT_IN_REFS } from '@gantry/runners/module-registry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiClient, problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeExecution, makeProject, NO_ID } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let stranger: ApiClient;

beforeAll(async () => {
  api = await startApi();
  stranger = await api.clientOf('stranger', 'admin');
});
afterAll(() => api.close());

test('projects: create, read, list, change, remove', async () => {
  const project = await api.client.made<Project>('/api/projects', { name: 'Löhne & Gehälter', unknown: 1 });
  expect(project).toMatchObject({ slug: 'lohne-gehalter', description: null, changeSequence: 1 });
  expect(await makeProject(api.client, 'Löhne & Gehälter')).toMatchObject({ slug: 'lohne-gehalter-2' });
  const taken = { name: 'x', slug: 'lohne-gehalter' };
  expect(await api.client.post('/api/projects', taken)).toMatchObject(problemWith(409, 'SLUG_TAKEN'));

  const path = `/api/projects/${project.id}`;
  expect((await api.client.get(path)).body).toEqual(project);
  const { body } = await api.client.get<Page<Project>>('/api/projects?query=l%C3%B6hne&sort=slug,desc');
  expect(body.content.map(({ slug }) => slug)).toEqual(['lohne-gehalter-2', 'lohne-gehalter']);

  const changed = await api.client.put<Project>(path, { description: 'all of it', changeSequence: 1 });
  expect(changed).toMatchObject({
    status: 200,
    body: { description: 'all of it', name: project.name, changeSequence: 2 },
  });
  expect(await api.client.put(path, { name: 'x', changeSequence: 1 })).toMatchObject(
    problemWith(409, 'STALE_CHANGE_SEQUENCE'),
  );
  expect(await api.client.put(path, { slug: 'lohne-gehalter-2' })).toMatchObject(problemWith(409, 'SLUG_TAKEN'));
  expect(await api.client.put(path, { name: '' })).toMatchObject(problemWith(400, 'BAD_REQUEST'));

  for (const send of [stranger.get(path), stranger.put(path, { name: 'mine' }), stranger.delete(path)]) {
    expect(await send).toMatchObject(problemWith(404, 'NOT_FOUND'));
  }
  expect(await api.client.delete(path)).toMatchObject({ status: 204 });
  expect(await api.client.get(path)).toMatchObject(problemWith(404, 'NOT_FOUND'));
});

test('assistants: under their project and by their id alone', async () => {
  const project = await makeProject(api.client);
  const base = `/api/projects/${project.id}/assistants`;
  const assistant = await api.client.made<Assistant>(base, { name: 'Reader' });
  expect(assistant).toEqual({
    ...{ id: expect.any(String), organizationId: project.organizationId, projectId: project.id, changeSequence: 1 },
    project: { id: project.id, name: project.name, slug: project.slug },
    ...{ slug: 'reader', name: 'Reader', description: null, active: true, priorityHint: null, subscription: null },
    ...{ connections: [], schedules: [], options: {}, timeoutSeconds: null, maxConcurrentExecutions: null },
    ...{ deduplication: 'in-flight', loggingEnabled: true, deleteLoggingOnSuccess: false, revision: 1 },
    ...{ createdOn: expect.any(String), updatedOn: expect.any(String) },
  });
  const other = await api.client.made<Assistant>('/api/assistants', { name: 'Reader', projectId: project.id });
  expect(other.slug).toBe('reader-2');
  expect((await api.client.get<Assistant[]>(base)).body).toEqual([assistant, other]);
  expect((await api.client.get<Page<Assistant>>('/api/assistants?filter=slug:reader')).body.content).toEqual([
    assistant,
  ]);

  const elsewhere = await makeProject(api.client, 'Elsewhere');
  const [own, short, wrong] = [
    `${base}/${assistant.id}`,
    `/api/assistants/${assistant.id}`,
    `/api/projects/${elsewhere.id}/assistants/${assistant.id}`,
  ];
  expect((await api.client.get(own)).body).toEqual(assistant);
  expect((await api.client.get(short)).body).toEqual(assistant);
  for (const answer of [
    api.client.get(wrong),
    api.client.put(wrong, {}),
    api.client.delete(wrong),
    stranger.get(short),
  ]) {
    expect(await answer).toMatchObject(problemWith(404, 'NOT_FOUND'));
  }
  expect(await stranger.get(base)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect(await stranger.post(base, { name: 'x' })).toMatchObject(problemWith(404, 'PROJECT_NOT_FOUND'));
  expect(await api.client.post('/api/assistants', { name: 'x', projectId: NO_ID })).toMatchObject(
    problemWith(404, 'PROJECT_NOT_FOUND'),
  );
});

test('an assistant is changed field by field, guarded by its changeSequence, and switched on and off', async () => {
  const project = await makeProject(api.client);
  const { warnings: _, ...assistant } = await makeAssistant(api.client, project.id);
  const path = `/api/assistants/${assistant.id}`;
  const fields = {
    ...{ description: 'd', priorityHint: 3, subscription: 'TASK_CREATED, ORDER_PLACED', timeoutSeconds: 60 },
    ...{ maxConcurrentExecutions: 2, deduplication: 'off', loggingEnabled: false, deleteLoggingOnSuccess: true },
    connections: [{ sourceType: 'STORE', sourceRef: 'acme/invoices' }],
    options: { taxonomies: ['acme/tax'], complete_label: 'done', own: { a: 1 }, pipeline: { steps: [] } },
  };
  const changed = await api.client.put<Assistant>(path, { ...assistant, ...fields });
  expect([changed.status, changed.body]).toEqual([
    200,
    { ...assistant, ...fields, changeSequence: 2, revision: 2, updatedOn: expect.any(String) },
  ]);
  expect(await api.client.put(path, { ...assistant, name: 'late' })).toMatchObject(
    problemWith(409, 'STALE_CHANGE_SEQUENCE'),
  );
  expect(await api.client.put(path, { priorityHint: null })).toMatchObject({
    body: { ...fields, priorityHint: null, changeSequence: 3 },
  });

  expect(await api.client.put(`${path}/deactivate`)).toMatchObject({ status: 200, body: { active: false } });
  const inProject = `/api/projects/${project.id}/assistants/${assistant.id}`;
  expect(await api.client.put(`${inProject}/activate`)).toMatchObject({ status: 200, body: { active: true } });
});

test('an assistant that cannot work is refused when it is saved, field by field', async () => {
  const project = await makeProject(api.client);
  const path = `/api/projects/${project.id}/assistants`;
  const bad = {
    ...{ name: ' ', priorityHint: -1, subscription: 'type = "content"', deduplication: 'sometimes' },
    connections: [{ sourceType: 'MAIL', sourceRef: 'x', subscription: 'content_created' }],
    options: { pipeline: { steps: [{ ref: 'gantry/noop', conditional: 'a ===' }, { ref: 'https://x' }] } },
  };
  expect(await api.client.post(path, bad)).toMatchObject(
    problemWith(400, 'BAD_REQUEST', {
      errors: {
        name: expect.any(String),
        priorityHint: expect.any(String),
        subscription: "column 6: '=' is not part of the language, equality is ==",
        'connections.0.subscription': expect.stringContaining('event types separated by commas'),
        'options.pipeline.steps.0.conditional': expect.stringContaining('column 5'),
        deduplication: expect.any(String),
        'connections.0.sourceType': expect.any(String),
        'options.pipeline.steps.1.ref': 'expected module://org/slug or org/slug',
      },
    }),
  );
  const written = {
    ...{ name: 'x', subscription: 'type == "content" and hasExtensions("pdf", "docx") and !hasLabel("processed")' },
    options: { pipeline: { steps: [{ ref: 'gantry/noop', conditional: "metadata.get('pages', 1) > 1" }] } },
  };
  expect(await api.client.post(path, written)).toMatchObject({ status: 201, body: written });
  const step = { ref: 'gantry/echo', options: { text: 'x'.repeat(262_144) } };
  expect(await api.client.post(path, { name: 'x', options: { pipeline: { steps: [step] } } })).toMatchObject(
    problemWith(413, 'CONTENT_TOO_LARGE'),
  );
});

test('executions outlive their assistant, and are listed while it is there', async () => {
  const project = await makeProject(api.client);
  const assistant = await makeAssistant(api.client, project.id);
  const first = await makeExecution(api.client, project.id);
  const second = await makeExecution(api.client, project.id);
  const path = `/api/projects/${project.id}/assistants/${assistant.id}`;
  expect(await api.client.get(`${path}/executions`)).toMatchObject({ body: [{ id: second.id }, { id: first.id }] });
  expect(await api.client.delete(path)).toMatchObject({ status: 204 });
  expect(await api.client.get(`/api/executions/${first.id}`)).toMatchObject({ body: { assistantId: null } });
});

test('the modules that ship with Gantry are everybody’s and nobody’s to change', async () => {
  const { body } = await stranger.get<Page<Module>>('/api/modules?pageSize=100');
  expect(body.content.map(({ orgSlug, slug }) => `${orgSlug}/${slug}`)).toEqual([...BUILT_IN_REFS].sort());
  const noop = await stranger.get<Module>('/api/modules/gantry/noop');
  expect(noop).toMatchObject({ status: 200, body: { ref: 'module://gantry/noop', builtIn: true, active: true } });
  expect(await stranger.get(`/api/modules/${noop.body.id}`)).toEqual(expect.objectContaining({ body: noop.body }));
  expect(await stranger.put('/api/modules/gantry/noop', { name: 'mine' })).toMatchObject(
    problemWith(403, 'MODULE_BUILT_IN'),
  );
  expect(await stranger.delete(`/api/modules/${noop.body.id}`)).toMatchObject(problemWith(403, 'MODULE_BUILT_IN'));
  expect(await stranger.post('/api/modules', { ref: 'gantry/noop' })).toMatchObject(
    problemWith(403, 'MODULE_BUILT_IN'),
  );
});

test('modules: create, read by ref or id, change, remove', async () => {
  const module = await api.client.made<Module>('/api/modules', { ref: 'module://acme/classify:2.1', name: 'Classify' });
  expect(module).toMatchObject({
    ...{ ref: 'module://acme/classify', orgSlug: 'acme', slug: 'classify', version: '2.1', name: 'Classify' },
    ...{ moduleType: 'model', active: true, builtIn: false },
    metadata: { kind: 'node', moduleRuntimeRef: 'gantry/default', options: [] },
  });
  expect(await api.client.post('/api/modules', { orgSlug: 'acme', slug: 'classify' })).toMatchObject(
    problemWith(409, 'SLUG_TAKEN'),
  );
  expect((await api.client.get('/api/modules/acme/classify:2.1')).body).toEqual(module);
  expect(await api.client.get('/api/modules/acme/classify:1.0')).toMatchObject(problemWith(404, 'NOT_FOUND'));

  const path = '/api/modules/acme/classify';
  const metadata = { moduleRuntimeRef: 'module://acme/gpu', timeoutSeconds: 30 };
  const changed = await api.client.put<Module>(path, { metadata, active: false, changeSequence: 1 });
  expect(changed).toMatchObject({
    body: { active: false, name: 'Classify', changeSequence: 2, metadata: { moduleRuntimeRef: 'acme/gpu' } },
  });
  expect(await api.client.put(path, { changeSequence: 1 })).toMatchObject(problemWith(409, 'STALE_CHANGE_SEQUENCE'));
  expect(await stranger.get(path)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect(await stranger.delete(`/api/modules/${module.id}`)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect(await api.client.delete(`/api/modules/${module.id}`)).toMatchObject({ status: 204 });
  expect(await api.client.get(path)).toMatchObject(problemWith(404, 'NOT_FOUND'));
});

test('a module is of a kind, with what that kind needs', async () => {
  const metadata = { kind: 'script', script: 'return input;' };
  expect(await api.client.post('/api/modules', { slug: 'inline', metadata })).toMatchObject({
    status: 201,
    body: { metadata: { ...metadata, moduleRuntimeRef: 'gantry/default', options: [] } },
  });
  const program = { slug: 'program', metadata: { kind: 'process', command: ['python3', '/opt/step.py'] } };
  expect(await api.client.post('/api/modules', program)).toMatchObject({
    status: 201,
    body: { metadata: program.metadata },
  });
  const editor = await api.clientOf('editors', 'assistants:write');
  expect(await editor.post('/api/modules', program)).toMatchObject(problemWith(403, 'FORBIDDEN'));
});

test('a module that cannot run here is refused when it is saved', async () => {
  const post = (body: object) => api.client.post('/api/modules', body);
  expect(await post({ slug: 's', metadata: { kind: 'wasm' } })).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { 'metadata.kind': expect.any(String) } }),
  );
  expect(await post({})).toMatchObject(problemWith(400, 'BAD_REQUEST', { errors: { slug: expect.any(String) } }));
  expect(await post({ slug: 's', metadata: { options: [{ text: 'x'.repeat(131_072) }] } })).toMatchObject(
    problemWith(413, 'CONTENT_TOO_LARGE'),
  );
});

test('modules tell how many workers have them, and a save what stands in the way of its steps', async () => {
  const metadata = { moduleRuntimeRef: 'acme/fleet' };
  await api.client.made('/api/modules', { ref: 'acme/present', metadata });
  await api.client.made('/api/modules', { ref: 'acme/missing', metadata });
  await api.client.made('/api/modules', { ref: 'acme/elsewhere', metadata: { moduleRuntimeRef: 'acme/nobody' } });
  await api.client.made('/api/modules', { ref: 'acme/inline', metadata: { ...metadata, kind: 'script', script: '1' } });
  await new WorkerRegistry(api.redis, keysOf(api.prefix)).announce({
    ...{ workerId: 'w1', startedAt: 1, runtimes: ['acme/fleet'], modules: ['acme/present'], definitions: [] },
  });
  const read = async (slug: string) => (await api.client.get<Module>(`/api/modules/acme/${slug}`)).body;
  expect(await read('present')).toMatchObject({ source: 'organization', workers: 1 });
  expect(await read('missing')).toMatchObject({ workers: 0 });

  const { id } = await api.client.made<Project>('/api/projects', { name: 'Warned' });
  const refs = ['present', 'missing', 'elsewhere', 'inline', 'unknown'].map((slug) => ({ ref: `acme/${slug}` }));
  const body = { name: 'Warned', options: { pipeline: { steps: refs } } };
  const warnings = [
    { field: 'options.pipeline.steps.1.ref', message: 'No worker has the module acme/missing.' },
    { field: 'options.pipeline.steps.2.ref', message: 'No worker serves acme/nobody at the moment.' },
    { field: 'options.pipeline.steps.4.ref', message: 'There is no module acme/unknown.' },
  ];
  const saved = await api.client.made<Assistant>(`/api/projects/${id}/assistants`, body);
  expect(saved.warnings).toEqual(warnings);
  const path = `/api/projects/${id}/assistants/${saved.id}`;
  expect(await api.client.put(path, { name: 'Again' })).toMatchObject({ status: 200, body: { warnings } });
  expect((await api.client.get<Assistant>(path)).body).not.toHaveProperty('warnings');

  // Of a module runtime that nothing was planned for yet.
  await new WorkerRegistry(api.redis, keysOf(api.prefix)).announce({
    ...{ workerId: 'w2', startedAt: 2, runtimes: ['*'], modules: ['acme/missing', 'acme/elsewhere'], definitions: [] },
  });
  const again = await api.client.put<Assistant>(path, { name: 'Once more' });
  expect(again.body.warnings).toEqual([warnings[2]]);
});
