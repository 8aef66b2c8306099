import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi({ env: { CONTENT_QUOTAS: '{"full": 1}' } });
});
afterAll(() => api.close());

test('an organization that has as many contents as it may uploads no more, and others do', async () => {
  const full = await api.clientOf('full', 'admin', 'events:write', 'executions:read');
  const upload = async (client: typeof full) => {
    const { id } = await makeProject(client);
    const data = new FormData();
    data.append('file', new Blob(['some words']), 'words.txt');
    return client.upload(`/api/stores/words/upload?projectId=${id}`, data);
  };
  const usage = async () =>
    (await api.db.selectFrom('content_usage').select('bytes').execute()).map(({ bytes }) => bytes);

  expect(await upload(full)).toMatchObject({ status: 200 });
  await expect.poll(usage).toContain(10);
  await sql`update content_usage set bytes = 1000000`.execute(api.db);
  expect(await upload(full)).toMatchObject(problemWith(413, 'CONTENT_QUOTA_EXCEEDED'));
  expect(await upload(api.client)).toMatchObject({ status: 200 });
});
