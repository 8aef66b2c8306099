import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { createLogger } from '@gantry/service/logger';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type RunningApi, startApi } from '../test/start-api.ts';
import { contentSweeper } from './content-sweeper.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test('a content that nothing refers to is noticed, and discarded a week later', async () => {
  const { db, contentDir } = api;
  const { id } = await db.selectFrom('organizations').select('id').executeTakeFirstOrThrow();
  const store = createFolderContentStore(contentDir).forOrganization(id);
  const { ref } = await store.write(Buffer.from('{}'), { contentType: 'application/json' });
  const look = () => sql`update content_look set due_at = now(), after_ref = null`.execute(db);
  const found = async (table: 'unreferenced_contents' | 'discarded_contents') =>
    (await sql`select from ${sql.table(table)} where ref = ${ref}`.execute(db)).rows.length > 0;
  await look();
  await waitFor(() => found('unreferenced_contents'));
  expect(await found('discarded_contents')).toBe(false);
  await sql`update unreferenced_contents set noticed_at = now() - interval '8 days'`.execute(db);
  await look();
  await waitFor(() => found('discarded_contents'));
});

test('contents that the record has discarded are deleted, and no others', async () => {
  const { db, contentDir } = api;
  const content = createFolderContentStore(contentDir);
  const write = async (organizationId: string) => {
    const store = content.forOrganization(organizationId);
    return (await store.write(Buffer.from('{}'), { contentType: 'application/json' })).ref;
  };
  const refs = [await write('acme'), await write('globex')];
  const kept = await write('acme');
  const discarded = [...refs, 'content://acme/00000000-0000-4000-8000-000000000000', 'not a reference'];
  for (const ref of discarded) await sql`insert into discarded_contents (ref) values (${ref})`.execute(db);

  const logger = createLogger({ name: 'api', level: 'silent' });
  const sweeper = contentSweeper({ db, content, logger });
  onTestFinished(() => sweeper.stop());
  await sweeper.start();
  const left = async () => (await db.selectFrom('discarded_contents').selectAll().execute()).length;
  await waitFor(async () => (await left()) === 0);
  for (const [index, organization] of ['acme', 'globex'].entries()) {
    await expect(content.forOrganization(organization).read(refs[index] ?? '')).rejects.toMatchObject({
      code: 'CONTENT_NOT_FOUND',
    });
  }
  expect(Buffer.from(await content.forOrganization('acme').read(kept)).toString()).toBe('{}');
});
