import type { Execution } from '@gantry/contracts/http/execution';
import type { Page } from '@gantry/contracts/http/page';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeExecution, makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';
import { ROUTES } from '../routes.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** Every page of a list, by cursor. @param between is done after each page */
async function pages<Item>(path: string, between: () => Promise<unknown> = async () => {}): Promise<Page<Item>[]> {
  const found: Page<Item>[] = [];
  for (let cursor: string | null = ''; cursor !== null; cursor = found.at(-1)?.nextCursor ?? null) {
    const { status, body } = await api.client.get<Page<Item>>(`${path}&cursor=${encodeURIComponent(cursor)}`);
    expect(status, JSON.stringify(body)).toBe(200);
    found.push(body);
    await between();
  }
  return found;
}

test.each(['', 'sort=priority,asc', 'sort=priority:desc;createdOn:asc', 'sort=startDate,desc'])(
  'a list that is read by cursor holds each execution once, while others are being added (%j)',
  async (sort) => {
    const { id: projectId } = await makeProject(api.client);
    await makeAssistant(api.client, projectId);
    const made: string[] = [];
    for (const priority of [3, 1, 2, 3, 2, 1, 3]) {
      made.push((await makeExecution(api.client, projectId, { priority, data: { kind: 'old' } })).id);
    }
    const filter = encodeURIComponent(`projectId eq '${projectId}'`);
    const found = await pages<Execution>(`/api/executions?pageSize=2&${sort}&filter=${filter}`, () =>
      Promise.all(
        [1, 2, 3].map((priority) => makeExecution(api.client, projectId, { priority, data: { kind: 'new' } })),
      ),
    );
    const old = found.flatMap(({ content }) => content).filter(({ context }) => context['kind'] === 'old');
    expect(old.map(({ id }) => id).sort()).toEqual(made.toSorted());
    expect(found.slice(0, 2)).toMatchObject([
      { totalElements: 7, number: 0, first: true, last: false, pageable: { offset: 0 } },
      { totalElements: 7, number: 1, first: false, pageable: { offset: 2 } },
    ]);
    expect(found.at(-1)).toMatchObject({ last: true, nextCursor: null });
  },
);

test('with a query and filter, a cursor goes on in what they select', async () => {
  for (const name of ['cursor one', 'other', 'Cursor two', 'cursor three']) await makeProject(api.client, name);
  const filter = encodeURIComponent("not name eq 'Cursor two'");
  const found = await pages<{ name: string }>(`/api/projects?pageSize=1&query=cursor&filter=${filter}`);
  expect(found.map(({ content }) => content.map(({ name }) => name))).toEqual([['cursor one'], ['cursor three']]);
});

test('every list refuses what is no cursor of its own', async () => {
  const lists = ROUTES.filter(({ query, path }) => query?.safeParse({}).data && !path.includes(':')).filter(
    ({ query }) => 'cursor' in ((query?.parse({}) ?? {}) as object),
  );
  expect(lists.length).toBeGreaterThan(5);
  const { body } = await api.client.get<Page<Execution>>('/api/executions?pageSize=1&sort=priority');
  for (const { path } of lists) {
    for (const cursor of ['nonsense', body.nextCursor ?? '']) {
      expect(await api.client.get(`${path}?cursor=${cursor}`), path).toMatchObject(
        problemWith(400, 'CURSOR_INVALID', { errors: { cursor: expect.any(String) } }),
      );
    }
  }
});

test('a cursor names instants that there are', async () => {
  const list = '/api/projects?sort=createdOn';
  for (const instant of ['0000-01-01T00:00', '2026-02-30T00:00', '2026-01-01T24:00', '2026-13-01T00:00']) {
    const keys = [`${instant}:00.000000Z`, crypto.randomUUID()];
    const cursor = Buffer.from(JSON.stringify(['createdOn asc,id asc', keys, 0, 0])).toString('base64url');
    expect(await api.client.get(`${list}&cursor=${cursor}`), instant).toMatchObject(
      problemWith(400, 'CURSOR_INVALID', { errors: { cursor: expect.any(String) } }),
    );
  }
  const { body } = await api.client.get<Page<object>>(`${list}&pageSize=1`);
  expect(await api.client.get(`${list}&cursor=${body.nextCursor}`)).toMatchObject({ status: 200 });
});
