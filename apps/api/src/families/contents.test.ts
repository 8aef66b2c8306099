import { createHash } from 'node:crypto';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import type { ContentObject } from '@gantry/contracts/document-snapshot';
import type { DocumentFamily } from '@gantry/contracts/http/document-family';
import type { Execution } from '@gantry/contracts/http/execution';
import type { Page } from '@gantry/contracts/http/page';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiClient, problemWith } from '../../test/api-client.ts';
import { finishedFact, fold, plannedFact, startedFact } from '../../test/fold.ts';
import { makeAssistant, makeProject, NO_ID } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;
let stranger: ApiClient;

beforeAll(async () => {
  api = await startApi();
  projectId = (await makeProject(api.client)).id;
  stranger = await api.clientOf('strangers', 'executions:read');
  await makeAssistant(api.client, projectId, { subscription: 'CONTENT_CREATED' });
});
afterAll(() => api.close());

async function upload(text: string, type: string, name: string): Promise<DocumentFamily> {
  const form = new FormData();
  form.set('file', new Blob([text], { type }), name);
  const { body } = await api.client.upload<DocumentFamily>(`/api/stores/files/upload?projectId=${projectId}`, form);
  return body;
}

function pathOf(family: DocumentFamily, object: ContentObject | undefined = family.contentObjects.at(-1)): string {
  return `/api/document-families/${family.id}/contents/${object?.id}`;
}

/** As it comes, whatever its type. */
function fetchContent(path: string, headers: Record<string, string> = {}, client = api.client): Promise<Response> {
  return fetch(`${api.url}${path}`, { headers: { 'x-api-key': client.key, ...headers } });
}

describe('the bytes of a document', () => {
  test.each([
    ['application/pdf', 'Prüfung 1.pdf', `inline; filename="Pr?fung 1.pdf"; filename*=UTF-8''Pr%C3%BCfung%201.pdf`],
    ['text/plain', 'a.txt', 'inline; filename=a.txt'],
    ['text/html', 'a.html', 'attachment; filename=a.html'],
    ['image/svg+xml', 'a.svg', 'attachment; filename=a.svg'],
  ])('%s come as they are, and no browser runs them', async (type, name, disposition) => {
    const family = await upload('some text', type, name);
    const answer = await fetchContent(pathOf(family));
    expect(await answer.text()).toBe('some text');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      ...{ 'content-type': type, 'content-length': '9', 'content-disposition': disposition },
      ...{ 'x-content-type-options': 'nosniff', 'accept-ranges': 'bytes' },
      'content-security-policy': expect.stringMatching(/^sandbox; default-src 'none'/),
      etag: `"${createHash('sha256').update('some text').digest('hex')}"`,
    });
  });

  test('may be asked for in parts, and are not sent again to who has them', async () => {
    const path = pathOf(await upload('0123456789', 'text/plain', 'digits.txt'));
    const etag = (await fetchContent(path)).headers.get('etag') ?? '';
    const ranged = async (range: string, headers = {}) => {
      const answer = await fetchContent(path, { range, ...headers });
      return [answer.status, answer.headers.get('content-range'), await answer.text()];
    };
    expect(await ranged('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234']);
    expect(await ranged('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await ranged('bytes=8-99', { 'if-range': etag })).toEqual([206, 'bytes 8-9/10', '89']);
    expect(await ranged('bytes=8-99', { 'if-range': '"older"' })).toEqual([200, null, '0123456789']);
    expect(await ranged('bytes=1-2,4-5')).toEqual([200, null, '0123456789']);
    expect(await ranged('lines=1-2')).toEqual([200, null, '0123456789']);
    expect(await ranged('bytes=10-')).toEqual([416, 'bytes */10', expect.stringContaining('RANGE_NOT_SATISFIABLE')]);
    const known = await fetchContent(path, { 'if-none-match': `"x", W/${etag}` });
    expect([known.status, await known.text()]).toEqual([304, '']);
    const head = await fetch(`${api.url}${path}`, { method: 'HEAD', headers: { 'x-api-key': api.client.key } });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10']);
  });

  test('an empty one is a file too', async () => {
    const answer = await fetchContent(pathOf(await upload('', 'text/plain', 'empty.txt')));
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  test('are shown to nobody else, and missing ones are said to be', async () => {
    const family = await upload('secret', 'text/plain', 'secret.txt');
    expect((await fetchContent(pathOf(family), {}, stranger)).status).toBe(404);
    const unscoped = await api.clientOf('default', 'events:write');
    expect((await fetchContent(pathOf(family), {}, unscoped)).status).toBe(403);
    const none = await api.client.get(`/api/document-families/${family.id}/contents/${NO_ID}`);
    expect(none).toMatchObject(problemWith(404, 'NOT_FOUND'));

    const event = { eventType: 'CONTENT_CREATED', documentFamilyId: 'elsewhere', contentObjectId: 'v1', projectId };
    await api.client.made('/api/events', event, 202);
    const elsewhere = await api.client.get('/api/document-families/elsewhere/contents/v1');
    expect(elsewhere).toMatchObject(problemWith(404, 'CONTENT_NOT_FOUND'));
  });
});

test('what a step wrote is listed with its document and its execution, once, and can be read', async () => {
  const family = await upload('a scan', 'application/pdf', 'scan.pdf');
  const filter = encodeURIComponent(`documentFamilyId eq '${family.id}'`);
  const listed = await api.client.get<Page<Execution>>(`/api/executions?filter=${filter}`);
  const [execution] = listed.body.content;
  if (execution === undefined) throw new Error('nothing ran');
  const store = createFolderContentStore(api.contentDir).forOrganization(execution.organizationId);
  const stored = await store.write(Buffer.from('the text'), { contentType: 'text/plain', name: 'text.txt' });
  const written = [{ ...stored, contentType: 'text/plain', name: 'text.txt' }];
  const facts = [plannedFact(execution), startedFact(execution), finishedFact(execution, 1, { written })];
  await fold(api, ...facts);
  await fold(api, ...facts);

  const { body: after } = await api.client.get<DocumentFamily>(`/api/document-families/${family.id}`);
  const derived = {
    ...{ origin: 'DERIVED', contentType: 'NATIVE', executionId: execution.id, stepId: `${execution.id}.0`, index: 1 },
    ...{ size: 8, storeRef: 'local/files:1.0.0', metadata: { contentType: 'text/plain', fileName: 'text.txt' } },
  };
  expect(after.contentObjects).toMatchObject([family.contentObjects[0] ?? {}, derived]);
  expect(await (await fetchContent(pathOf(after))).text()).toBe('the text');
  const { body: seen } = await api.client.get<Execution>(`/api/executions/${execution.id}`);
  expect(seen.contentObjects).toEqual(after.contentObjects);
  expect(seen.pipeline.steps[0]?.contentObjects).toEqual([after.contentObjects[1]]);

  // The document is still what came from outside.
  const again = await api.client.put<Execution[]>(`/api/document-families/${family.id}/reprocess`);
  expect(again.body[0]?.context).toMatchObject({ contentObjectId: family.contentObjects[0]?.id });
  const next = await upload('a better scan', 'application/pdf', 'scan.pdf');
  expect(next.contentObjects.map(({ index }) => index)).toEqual([0, 1, 2]);
});
