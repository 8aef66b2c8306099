import type { BulkOperation } from '@gantry/contracts/http/bulk-operation';
import type { DocumentFamily } from '@gantry/contracts/http/document-family';
import type { Execution } from '@gantry/contracts/http/execution';
import type { Page } from '@gantry/contracts/http/page';
import { statusValue } from '@gantry/domain/status';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeExecution, makeProject, NO_ID } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;
let assistantIds: string[];
/** Path of a store with two families, which both assistants have processed. */
let store: string;
let families: string[];

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

beforeEach(async () => {
  projectId = (await makeProject(api.client)).id;
  assistantIds = [];
  for (const name of ['one', 'two']) assistantIds.push((await makeAssistant(api.client, projectId, { name })).id);
  store = `/api/stores/acme/${crypto.randomUUID()}/1.0.0`;
  families = [await addFamily(store), await addFamily(store)];
});

/** A document family in the store, processed by every assistant of the project. */
async function addFamily(path: string): Promise<string> {
  const documentFamilyId = crypto.randomUUID();
  const storeId = path.replace('/api/stores/', '').replace(/\/([^/]+)$/, ':$1');
  const event = { eventType: 'DOCUMENT_FAMILY_CREATED', documentFamilyId, storeId };
  const { eventId } = await makeExecution(api.client, projectId, event);
  await api.db
    .updateTable('executions')
    .set({ status: statusValue('SUCCEEDED'), finished_at: new Date(), dedup_key: null })
    .where('event_id', '=', eventId)
    .execute();
  return documentFamilyId;
}

/** Who runs again on what. */
async function replacements() {
  const query = new URLSearchParams({ filter: `projectId eq '${projectId}' and status eq PENDING`, pageSize: '1000' });
  const { body } = await api.client.get<Page<Execution>>(`/api/executions?${query}`);
  return body.content.map(({ assistantId, documentFamilyId }) => `${assistantId} ${documentFamilyId}`).sort();
}

const all = (assistants: readonly string[], ids: readonly string[]) =>
  assistants.flatMap((assistant) => ids.map((family) => `${assistant} ${family}`)).sort();

const reprocess = (body: object) => api.client.put<BulkOperation>(`${store}/reprocess`, body);

describe('one document family of a store', () => {
  test('is read there, and nowhere else', async () => {
    const { status, body } = await api.client.get<DocumentFamily>(`${store}/families/${families[0]}`);
    expect([status, body]).toEqual([
      200,
      (await api.client.get<DocumentFamily>(`/api/document-families/${families[0]}`)).body,
    ]);
    expect(store).toBe(`/api/stores/${body.storeRef?.replace(':', '/')}`);
    const elsewhere = store.replace('1.0.0', '1.0.1');
    for (const path of [`${elsewhere}/families/${families[0]}`, `${store}/families/${NO_ID}`]) {
      expect(await api.client.get(path)).toMatchObject(problemWith(404, 'NOT_FOUND'));
      expect(await api.client.put(`${path}/reprocess`)).toMatchObject(problemWith(404, 'NOT_FOUND'));
    }
  });

  test.each([
    [(ids: string[]) => `?assistantId=${ids[0]}`, 1],
    [(ids: string[]) => `?assistantId=${ids.join(',')}`, 2],
    [(ids: string[]) => `?assistantId=${ids.join('&assistantId=')}`, 2],
    [() => '', 2],
  ])('is reprocessed by the assistants of the query', async (query, count) => {
    const path = `${store}/families/${families[0]}/reprocess${query(assistantIds)}`;
    const { status, body } = await api.client.put<Execution[]>(path);
    expect(status).toBe(200);
    expect(body.map(({ assistantId }) => assistantId)).toEqual(assistantIds.slice(0, count));
    expect(await replacements()).toEqual(all(assistantIds.slice(0, count), families.slice(0, 1)));
    expect((await api.client.put<Execution[]>(path)).body.map(({ id }) => id)).toEqual(body.map(({ id }) => id));
  });

  test('is not reprocessed by an assistant that is not there', async () => {
    const path = `${store}/families/${families[0]}/reprocess?assistantId=${NO_ID}`;
    expect(await api.client.put(path)).toMatchObject(problemWith(404, 'ASSISTANT_NOT_FOUND'));
  });
});

describe('document families of a store are reprocessed', () => {
  test('those that are named, by the assistants that are named', async () => {
    const { status, body } = await reprocess({
      ...{ assistantIds: assistantIds.slice(1), familyIds: [families[0], families[0]], all: false },
    });
    expect([status, body]).toMatchObject([200, { kind: 'REPROCESS', status: 'COMPLETED', total: 1, done: 1 }]);
    expect(await replacements()).toEqual(all(assistantIds.slice(1), families.slice(0, 1)));
  });

  test('all of them, by all assistants that processed them before', async () => {
    await makeAssistant(api.client, projectId, { name: 'never ran' });
    await addFamily(store.replace('1.0.0', '2.0.0'));
    expect(await reprocess({ all: true, familyIds: [], assistantIds: [] })).toMatchObject({
      body: { total: 4, done: 4 },
    });
    expect(await replacements()).toEqual(all(assistantIds, families));
    expect(await reprocess({ all: true })).toMatchObject({ body: { total: 4, done: 4 } });
    expect(await replacements()).toHaveLength(4);
  });

  test('for the first time by an assistant that is new', async () => {
    const { id } = await makeAssistant(api.client, projectId, { name: 'new' });
    expect(await reprocess({ familyIds: families, assistantIds: [id] })).toMatchObject({ status: 200 });
    expect(await replacements()).toEqual(all([id], families));
  });

  test('only if everything that is named is there', async () => {
    const elsewhere = await addFamily(store.replace('1.0.0', '2.0.0'));
    expect(await reprocess({ familyIds: [...families, elsewhere] })).toMatchObject(problemWith(404, 'NOT_FOUND'));
    expect(await reprocess({ familyIds: families, assistantIds: [NO_ID] })).toMatchObject(
      problemWith(404, 'ASSISTANT_NOT_FOUND'),
    );
    expect(await api.client.put('/api/stores/acme/nowhere/1.0.0/reprocess', { all: true })).toMatchObject(
      problemWith(404, 'NOT_FOUND'),
    );
    for (const body of [{}, { familyIds: [] }, { all: false, assistantIds }]) {
      expect(await reprocess(body)).toMatchObject(
        problemWith(400, 'BAD_REQUEST', { errors: { familyIds: expect.any(String) } }),
      );
    }
    expect(await replacements()).toEqual([]);
  });
});

test('a store of another organization is not there', async () => {
  const stranger = await api.clientOf('stranger', 'admin');
  const project = await makeProject(stranger);
  const own = await makeAssistant(stranger, project.id);
  const notFound = problemWith(404, 'NOT_FOUND');
  expect(await stranger.get(`${store}/families/${families[0]}`)).toMatchObject(notFound);
  expect(await stranger.put(`${store}/families/${families[0]}/reprocess`)).toMatchObject(notFound);
  expect(await stranger.put(`${store}/reprocess`, { all: true })).toMatchObject(notFound);
  const foreign = problemWith(404, 'ASSISTANT_NOT_FOUND');
  expect(await reprocess({ all: true, assistantIds: [own.id] })).toMatchObject(foreign);
  expect(await api.client.put(`${store}/families/${families[0]}/reprocess?assistantId=${own.id}`)).toMatchObject(
    foreign,
  );
});
