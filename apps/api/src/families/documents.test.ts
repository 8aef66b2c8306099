import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import type { DocumentFamily } from '@gantry/contracts/http/document-family';
import type { Execution } from '@gantry/contracts/http/execution';
import type { Page } from '@gantry/contracts/http/page';
import type { Store } from '@gantry/contracts/http/store';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiClient, problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeProject, NO_ID } from '../../test/sample.ts';
import { MAX_UPLOAD_BYTES, type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;
let assistantId: string;

beforeAll(async () => {
  api = await startApi();
  projectId = (await makeProject(api.client)).id;
  assistantId = (await makeAssistant(api.client, projectId, { subscription: 'CONTENT_CREATED' })).id;
});
afterAll(() => api.close());

function form(bytes: string | Blob, name: string, fields: Record<string, string | string[]> = {}): FormData {
  const data = new FormData();
  for (const [field, values] of Object.entries(fields)) for (const value of [values].flat()) data.append(field, value);
  data.append('file', bytes instanceof Blob ? bytes : new Blob([bytes], { type: 'application/pdf' }), name);
  return data;
}

/** @param to a store, and perhaps a query */
async function upload(to: string, data: FormData, client: ApiClient = api.client): Promise<DocumentFamily> {
  const [store, query = ''] = to.split('?');
  const answer = await client.upload<DocumentFamily>(`/api/stores/${store}/upload?${query}`, data);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
}

async function executionsOf(familyId: string): Promise<Execution[]> {
  const filter = encodeURIComponent(`documentFamilyId eq '${familyId}'`);
  const { body } = await api.client.get<Page<Execution>>(`/api/executions?filter=${filter}&sort=createdOn`);
  return body.content;
}

async function storedFiles(): Promise<string[]> {
  const entries = await readdir(api.contentDir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.json')).map(({ name }) => name);
}

test('an upload keeps the bytes, makes a document family and runs the assistants that hear it', async () => {
  const family = await upload(
    `invoices?projectId=${projectId}`,
    form('%PDF one', 'a/rechnung ü.pdf', {
      path: 'in/1.pdf',
      labels: ['new, urgent', '["x,y"]'],
      metadata: '{"from":"mail"}',
    }),
  );
  const { organizationId } = (await executionsOf(family.id))[0] ?? {};
  expect(family).toMatchObject({
    ...{ projectId, storeId: 'invoices', storeRef: 'local/invoices:1.0.0', path: 'in/1.pdf', locked: false },
    ...{ labels: ['new', 'urgent', 'x,y'], mixins: [], metadata: { from: 'mail' } },
    contentObjects: [
      {
        ...{ contentType: 'NATIVE', documentFamilyId: family.id, storeRef: 'local/invoices:1.0.0', index: 0, size: 8 },
        metadata: { contentType: 'application/pdf', fileName: 'rechnung ü.pdf', sha256: expect.any(String) },
      },
    ],
  });
  const [object] = family.contentObjects;
  const content = createFolderContentStore(api.contentDir).forOrganization(organizationId ?? '');
  expect(Buffer.from(await content.read(object?.contentRef ?? '')).toString()).toBe('%PDF one');

  expect(await executionsOf(family.id)).toMatchObject([
    {
      ...{ assistantId, status: 'PENDING', priority: 5, documentFamilyId: family.id },
      context: { eventType: 'CONTENT_CREATED', contentObjectId: object?.id, storeId: 'invoices' },
      contentObjects: [object],
    },
  ]);
  expect((await api.client.get(`/api/document-families/${family.id}`)).body).toEqual(family);
});

test('the type of a file is what its first bytes say, or what was declared when they say no more', async () => {
  const typeOf = async (bytes: string, type: string) => {
    const data = form(new Blob([Buffer.from(bytes, 'latin1')], { type }), 'typed.bin');
    const family = await upload(`typed?projectId=${projectId}`, data);
    return family.contentObjects.at(-1)?.metadata['contentType'];
  };
  expect(await typeOf('%PDF-1.7 and so on', 'text/html')).toBe('application/pdf');
  expect(await typeOf('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'application/octet-stream')).toBe('image/png');
  // Its directory is far behind, as it is when the picture comes first.
  expect(await typeOf(`II*\0\0\0\x10\0${'\0'.repeat(5_000)}`, 'application/octet-stream')).toBe('image/tiff');
  expect(await typeOf('a;b', 'text/csv')).toBe('text/csv');
  expect(await typeOf('PK\x03\x04 what an office file begins with', 'application/vnd.ms-word')).toBe(
    'application/vnd.ms-word',
  );
});

test('the same path in a store is a new version, and its name is its path when none is given', async () => {
  const first = await upload(
    `versions?projectId=${projectId}`,
    form('one', 'v.pdf', { labels: 'a', metadata: '{"n":1}' }),
  );
  const second = await upload('versions', form('two!', 'v.pdf', { labels: 'b', metadata: '{"m":2}' }));
  expect(second).toMatchObject({
    ...{ id: first.id, path: 'v.pdf', labels: ['a', 'b'], metadata: { n: 1, m: 2 } },
    contentObjects: [first.contentObjects[0], { index: 1, size: 4 }],
  });
  expect(await executionsOf(first.id)).toHaveLength(2);
});

test('uploads to one path at the same time are versions of one document', async () => {
  const families = await Promise.all(
    Array.from({ length: 8 }, (_, index) => upload(`race?projectId=${projectId}`, form(`${index}`, 'same.pdf'))),
  );
  expect(new Set(families.map(({ id }) => id)).size).toBe(1);
  const { body } = await api.client.get<DocumentFamily>(`/api/document-families/${families[0]?.id}`);
  expect(body.contentObjects.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a store is named by its id or its ref, in every spelling', async () => {
  const store = await api.client.made<Store>('/api/stores', { name: 'Named', orgSlug: 'acme', projectId });
  expect(store).toMatchObject({ storeRef: 'acme/named:1.0.0', projectId });
  for (const name of [store.id, 'acme/named:1.0.0', 'acme%2Fnamed%3A1.0.0', 'acme/named', 'acme/named/1.0.0']) {
    expect((await upload(name, form('x', 'x.pdf'))).storeId, name).toBe(store.id);
  }
  const unbound = await api.client.made<Store>('/api/stores', { name: 'Unbound' });
  expect((await upload(`local/unbound?projectId=${projectId}`, form('x', 'x'))).storeId).toBe(unbound.id);
  expect((await upload('unbound', form('y', 'y'))).storeId).toBe(unbound.id);

  const { body } = await api.client.get<Page<Store>>(`/api/stores?query=NAMED`);
  expect(body.content).toEqual([store]);
  const taken = { name: 'Again', orgSlug: 'acme', slug: 'named' };
  expect(await api.client.post('/api/stores', taken)).toMatchObject(problemWith(409, 'SLUG_TAKEN'));
  expect(await api.client.post('/api/stores', { name: 'S', projectId: NO_ID })).toMatchObject(
    problemWith(404, 'PROJECT_NOT_FOUND'),
  );
});

test('a form may name each of a document’s labels in a part of its own', async () => {
  const labels = Array.from({ length: 200 }, (_, index) => `label-${index}`);
  const data = form('x', 'many-labels');
  for (const label of labels) data.append('labels', label);
  expect((await upload(`labelled?projectId=${projectId}`, data)).labels).toEqual(labels);
});

test('a refused upload says why and leaves no bytes behind', async () => {
  const before = await storedFiles();
  const send = (path: string, data: FormData) => api.client.upload(`/api/stores/${path}`, data);
  const to = `refused/upload?projectId=${projectId}`;

  expect(await send('nowhere/upload', form('x', 'x'))).toMatchObject(problemWith(400, 'PROJECT_REQUIRED'));
  expect(await send(`nowhere/upload?projectId=${NO_ID}`, form('x', 'x'))).toMatchObject(
    problemWith(404, 'PROJECT_NOT_FOUND'),
  );
  expect(await send(to, form('x'.repeat(MAX_UPLOAD_BYTES + 1), 'x'))).toMatchObject(
    problemWith(413, 'CONTENT_TOO_LARGE'),
  );
  const huge = form(new Blob(['x'.repeat(MAX_UPLOAD_BYTES + 3_000_000)]), 'x');
  expect(await send(to, huge)).toMatchObject(problemWith(413, 'CONTENT_TOO_LARGE'));
  expect(await send(to, form('x', 'x', { metadata: 'no json' }))).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { metadata: 'expected JSON' } }),
  );
  expect(await send(to, form('x', 'x', { metadata: '{"a":[1e400]}' }))).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { 'metadata.a.0': expect.any(String) } }),
  );
  expect(await send(to, form('x', 'x', { path: 'p'.repeat(1_025) }))).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { path: 'expected at most 1024 bytes' } }),
  );
  expect(await send(to, form('x', 'x', { metadata: `{"a":"${'x'.repeat(300_000)}"}` }))).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { metadata: 'is too long' } }),
  );
  const many = form('x', 'x');
  for (let count = 0; count < 301; count += 1) many.append('labels', `label-${count}`);
  expect(await send(to, many)).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { body: 'the form has too many parts' } }),
  );
  const head = (more: string) => `--x\r\ncontent-disposition: form-data; name=${more}\r\n\r\n`;
  for (const field of ['labels', 'path']) {
    const parts = [head(`"${field}"\r\ncontent-type: text/plain; charset=unheard-of`), 'a\r\n'];
    const body = [...parts, head('"file"; filename="x"'), 'x\r\n--x--\r\n'].join('');
    const type = { 'content-type': 'multipart/form-data; boundary=x' };
    expect(await api.client.send('POST', `/api/stores/${to}`, body, type), field).toMatchObject(
      problemWith(400, 'BAD_REQUEST', { errors: { [field]: expect.stringContaining('charset') } }),
    );
  }
  expect(await send(`%00/upload?projectId=${projectId}`, form('x', 'x'))).toMatchObject(problemWith(404, 'NOT_FOUND'));
  const noFile = new FormData();
  noFile.append('path', 'x');
  expect(await send(to, noFile)).toMatchObject(
    problemWith(400, 'BAD_REQUEST', { errors: { file: expect.any(String) } }),
  );
  expect(await api.client.post(`/api/stores/${to}`, {})).toMatchObject(problemWith(415, 'UNSUPPORTED_MEDIA_TYPE'));
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  expect(await api.client.send('POST', `/api/stores/${to}`, '--b\r\nbroken', headers)).toMatchObject(
    problemWith(400, 'BAD_REQUEST'),
  );
  expect(await storedFiles()).toEqual(before);

  const atLimit = await upload(`refused?projectId=${projectId}`, form('x'.repeat(MAX_UPLOAD_BYTES), 'max'));
  expect(atLimit.contentObjects[0]?.size).toBe(MAX_UPLOAD_BYTES);
});

test('an upload that breaks off leaves no bytes behind', async () => {
  const before = await storedFiles();
  const sending = request(`${api.url}/api/stores/broken/upload?projectId=${projectId}`, {
    method: 'POST',
    headers: { 'x-api-key': api.client.key, 'content-type': 'multipart/form-data; boundary=b' },
  });
  const failed = new Promise((resolve) => sending.once('error', resolve));
  sending.write('--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\nhalf of it');
  await new Promise((resolve) => sending.once('socket', (socket) => socket.write('', resolve)));
  sending.destroy(new Error('broken off'));
  await failed;
  await upload(`after?projectId=${projectId}`, form('x', 'x'));
  await waitFor(async () => (await storedFiles()).length === before.length + 1);
});

test('labels are added and removed once', async () => {
  const { id } = await upload(`labels?projectId=${projectId}`, form('x', 'x'));
  const path = `/api/document-families/${id}/labels/needs%20review`;
  const labelled = await api.client.put<DocumentFamily>(path);
  expect(labelled).toMatchObject({ status: 200, body: { labels: ['needs review'] } });
  expect((await api.client.put(path)).body).toEqual(labelled.body);
  expect(await api.client.delete(path)).toMatchObject({ status: 200, body: { labels: [] } });
  expect(await api.client.delete(path)).toMatchObject({ status: 200, body: { labels: [] } });
  expect(await api.client.put('/api/document-families/none/labels/x')).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect(await api.client.put(`/api/document-families/${id}/labels/a%00b`)).toMatchObject(
    problemWith(404, 'NOT_FOUND'),
  );
});

test('families are listed with filters on their labels and metadata', async () => {
  const { id } = await upload(
    `listed?projectId=${projectId}`,
    form('x', 'l', { labels: 'listed', metadata: '{"k":7}' }),
  );
  const list = async (filter: string) => {
    const { body } = await api.client.get<Page<DocumentFamily>>(
      `/api/document-families?filter=${encodeURIComponent(filter)}`,
    );
    return body.content.map((family) => family.id);
  };
  expect(await list("labels eq 'listed' and metadata.k ge 7")).toEqual([id]);
  expect(await list("storeId eq 'listed' and not (labels eq 'listed')")).toEqual([]);
});

test('families are listed by their store, named by its id or its ref', async () => {
  const of = { orgSlug: 'by-ref', slug: 'store', projectId };
  const store = await api.client.made<Store>('/api/stores', { ...of, name: 'Store' });
  const { id } = await upload(store.storeRef, form('x', 'x'));
  for (const name of [store.id, store.storeRef, 'by-ref/store']) {
    for (const filter of [`storeId eq '${name}'`, `storeId in ('none', '${name}') and not (storeId ne '${name}')`]) {
      const { body } = await api.client.get<Page<DocumentFamily>>(
        `/api/document-families?filter=${encodeURIComponent(filter)}`,
      );
      expect(body, filter).toMatchObject({ content: [{ id, storeId: store.id }], totalElements: 1 });
    }
  }
});

test('reprocessing replaces what each assistant did last, once', async () => {
  const { id } = await upload(`again?projectId=${projectId}`, form('x', 'x'));
  const [first] = await executionsOf(id);
  await api.db
    .updateTable('executions')
    .set({ status: 2, dedup_key: null, finished_at: new Date() })
    .where('id', '=', first?.id ?? '')
    .execute();

  const path = `/api/document-families/${id}/reprocess`;
  const again = await api.client.put<Execution[]>(`${path}?assistantId=${assistantId}`);
  expect(again).toMatchObject({
    status: 200,
    body: [{ status: 'PENDING', priority: 7, assistantId, reprocessOf: first?.id, documentFamilyId: id }],
  });
  expect(await executionsOf(id)).toMatchObject([{ status: 'PENDING_REPROCESSING' }, { id: again.body[0]?.id }]);
  expect((await api.client.put<Execution[]>(path)).body).toMatchObject([{ id: again.body[0]?.id }]);

  const other = await makeAssistant(api.client, projectId, { name: 'Other', subscription: 'NOTHING' });
  const both = `${path}?assistantId=${other.id},${assistantId}`;
  expect((await api.client.put<Execution[]>(both)).body.map((execution) => execution.assistantId)).toEqual([
    other.id,
    assistantId,
  ]);
  const byBody = await api.client.post<DocumentFamily>(path, { assistantIds: [other.id] });
  expect(byBody).toMatchObject({ status: 200, body: { id, path: 'x' } });

  expect(await api.client.put(`${path}?assistantId=${NO_ID}`)).toMatchObject(problemWith(404, 'ASSISTANT_NOT_FOUND'));
  expect(await api.client.put(`${path}?assistantId=x`)).toMatchObject(problemWith(400, 'BAD_REQUEST'));
  expect(await api.client.put('/api/document-families/none/reprocess')).toMatchObject(problemWith(404, 'NOT_FOUND'));
});

test('another organization sees neither documents nor stores, and may use the same names', async () => {
  const { id } = await upload(`shared?projectId=${projectId}`, form('mine', 'x'));
  const stranger = await api.clientOf('stranger', 'admin');
  expect(await stranger.get(`/api/document-families/${id}`)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect(await stranger.put(`/api/document-families/${id}/labels/x`)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect(await stranger.put(`/api/document-families/${id}/reprocess`)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect((await stranger.get<Page<Store>>('/api/stores')).body.content).toEqual([]);
  expect(await stranger.upload(`/api/stores/shared/upload?projectId=${projectId}`, form('x', 'x'))).toMatchObject(
    problemWith(404, 'PROJECT_NOT_FOUND'),
  );
  const own = await makeProject(stranger);
  const theirs = await upload(`shared?projectId=${own.id}`, form('theirs', 'x'), stranger);
  expect(theirs.id).not.toBe(id);
});
