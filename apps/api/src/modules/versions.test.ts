import { openAsBlob } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packBundle } from '@gantry/bundles/pack-bundle';
import type { Assistant } from '@gantry/contracts/http/assistant';
import type { Module, ModuleVersion } from '@gantry/contracts/http/module';
import type { Page } from '@gantry/contracts/http/page';
import type { Project } from '@gantry/contracts/http/project';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiClient, problemWith } from '../../test/api-client.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

const PATH = '/api/modules/acme/counter/versions';

let api: RunningApi;
let folder: string;
beforeAll(async () => {
  api = await startApi();
  folder = await mkdtemp(join(tmpdir(), 'gantry-versions-'));
});
afterAll(async () => {
  await api?.close();
  await rm(folder, { recursive: true });
});

async function bundleOf(code: string): Promise<Blob> {
  const source = await mkdtemp(join(folder, 'module-'));
  await mkdir(join(source, 'lib'));
  await writeFile(join(source, 'lib/index.js'), code);
  const file = `${source}.tgz`;
  await packBundle(source, file);
  return openAsBlob(file);
}

interface Publishing {
  client?: ApiClient;
  manifest?: object;
  file?: Blob;
  path?: string;
}

async function publish(version: string, { client = api.client, manifest, file, path = PATH }: Publishing = {}) {
  const form = new FormData();
  form.set('manifest', JSON.stringify(manifest ?? { version, metadata: { kind: 'node' }, entry: 'lib/index.js' }));
  form.set('file', file ?? (await bundleOf('1')), 'bundle.tgz');
  return client.upload<ModuleVersion>(path, form);
}

test('a version is published once; the same files again change nothing, others are refused', async () => {
  const first = await publish('1.0.0');
  expect(first).toMatchObject({
    status: 201,
    body: {
      ref: 'module://acme/counter:1.0.0',
      latest: true,
      metadata: { bundle: { files: 1, entry: 'lib/index.js' } },
    },
  });
  expect(await publish('1.0.0')).toMatchObject({ status: 200, body: { id: first.body.id } });
  expect(await publish('1.0.0', { file: await bundleOf('2') })).toMatchObject(problemWith(409, 'MODULE_VERSION_TAKEN'));
});

test('the highest version is the module, until it is withdrawn', async () => {
  await publish('1.10.0', { file: await bundleOf('10') });
  expect(await publish('1.9.0', { file: await bundleOf('9') })).toMatchObject({ status: 201, body: { latest: false } });
  const now = async () => (await api.client.get<Module>('/api/modules/acme/counter')).body.version;
  expect(await now()).toBe('1.10.0');
  expect(await api.client.delete(`${PATH}/1.10.0`)).toMatchObject({ status: 204 });
  expect(await now()).toBe('1.9.0');
  const { content } = (await api.client.get<Page<ModuleVersion>>(`${PATH}?sort=version,asc`)).body;
  expect(content.map(({ version, withdrawnOn, latest }) => [version, withdrawnOn !== null, latest])).toEqual([
    ['1.0.0', false, false],
    ['1.10.0', true, false],
    ['1.9.0', false, true],
  ]);
  expect(await publish('1.10.0', { file: await bundleOf('10') })).toMatchObject({
    status: 201,
    body: { latest: true },
  });
});

test('whoever saves a step of a version that there is not is told which there are', async () => {
  const path = '/api/modules/acme/many/versions';
  for (const minor of [1, 2, 3, 4, 5, 6, 7]) await publish(`1.${minor}.0`, { path });
  await api.client.delete(`${path}/1.6.0`);
  const { id } = await api.client.made<Project>('/api/projects', { name: 'Old steps' });
  const refs = ['acme/many:9.0.0', 'acme/many:1.1.0', 'acme/none:1.0.0', 'gantry/noop:9.0.0'];
  const { warnings } = await api.client.made<Assistant>(`/api/projects/${id}/assistants`, {
    ...{ name: 'Old', options: { pipeline: { steps: refs.map((ref) => ({ ref })) } } },
  });
  const missing = warnings?.filter(({ message }) => message.startsWith('There is no'));
  const builtIn = (await api.client.get<Module>('/api/modules/gantry/noop')).body.version;
  expect(missing).toEqual([
    {
      field: 'options.pipeline.steps.0.ref',
      message: 'There is no version 9.0.0 of acme/many. The newest: 1.7.0, 1.5.0, 1.4.0, 1.3.0, 1.2.0.',
    },
    { field: 'options.pipeline.steps.2.ref', message: 'There is no module acme/none.' },
    {
      field: 'options.pipeline.steps.3.ref',
      message: `There is no version 9.0.0 of gantry/noop. The newest: ${builtIn}.`,
    },
  ]);
});

test('a module whose last version is withdrawn is still there, until it is published or defined again', async () => {
  const path = '/api/modules/acme/gone/versions';
  await publish('1.0.0', { path });
  expect(await api.client.delete(`${path}/1.0.0`)).toMatchObject({ status: 204 });
  const read = async () => (await api.client.get<Module>('/api/modules/acme/gone')).body;
  expect(await read()).toMatchObject({ version: '1.0.0', withdrawnOn: expect.any(String) });
  expect(await api.client.get(path)).toMatchObject({ body: { content: [{ version: '1.0.0', latest: false }] } });

  await publish('1.1.0', { path });
  expect(await read()).toMatchObject({ version: '1.1.0', active: true, withdrawnOn: null });
  expect(await api.client.delete(`${path}/1.1.0`)).toMatchObject({ status: 204 });
  const script = { ref: 'acme/gone', version: '2.0.0', metadata: { kind: 'script', script: 'return 1' } };
  expect(await api.client.post('/api/modules', script)).toMatchObject({
    status: 201,
    body: { version: '2.0.0', active: true, withdrawnOn: null },
  });
});

test('what cannot be a version is refused, and says what is wrong', async () => {
  expect(await publish('3.0.0', { file: new Blob(['no archive']) })).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { file: expect.any(String) } }),
  );
  const elsewhere = { version: '3.0.0', metadata: { kind: 'node' }, entry: '../index.js' };
  expect(await publish('3.0.0', { manifest: elsewhere })).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { file: expect.any(String) } }),
  );
  const noEntry = { version: '3.0.0', metadata: { kind: 'node' } };
  expect(await publish('3.0.0', { manifest: noEntry })).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { entry: expect.any(String) } }),
  );
  const metadata = { kind: 'oven' };
  expect(await publish('3.0.0', { manifest: { version: '3.0.0', metadata } })).toMatchObject({ status: 400 });
  expect(await publish('3.0.0', { path: '/api/modules/gantry/noop/versions' })).toMatchObject(
    problemWith(403, 'MODULE_BUILT_IN'),
  );
});

test('a manifest is read as JSON bodies are', async () => {
  const name = (manifest: object) => publish('', { path: '/api/modules/acme/manifests/versions', manifest });
  const metadata = { kind: 'node' };
  const entry = 'lib/index.js';
  expect(await name({ version: '1', metadata, entry, name: null, description: 'a\u0000b' })).toMatchObject({
    status: 201,
    body: { name: 'manifests', description: 'a\ufffdb' },
  });
  const option = { name: 'x', description: '\u0000' };
  expect(await name({ version: '2', metadata: { ...metadata, options: [option] }, entry })).toMatchObject({
    status: 201,
    body: { metadata: { options: [{ ...option, description: '\ufffd' }] } },
  });
  const nested = JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`);
  expect(await name({ version: '3', metadata: { ...metadata, options: nested }, entry })).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { manifest: expect.any(String) } }),
  );
});

test('only keys that may publish do, and nobody sees the versions of another organization', async () => {
  const author = await api.clientOf('local', 'assistants:write');
  expect(await publish('4.0.0', { client: author })).toMatchObject(problemWith(403, 'FORBIDDEN'));
  const publisher = await api.clientOf('local', 'modules:publish');
  expect(await publish('4.0.0', { client: publisher })).toMatchObject({ status: 201 });
  const stranger = await api.clientOf('stranger', 'admin');
  expect(await stranger.get(`${PATH}/4.0.0`)).toMatchObject({ status: 404 });
  expect(await stranger.get(PATH)).toMatchObject({ status: 404 });
});
