import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../../test/api-client.ts';
import { type Belongings, bodyFor, makeBelongings, memberNames, pathOf } from '../../test/belongings.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';
import { ROUTES } from '../routes.ts';
import type { Route } from './route.ts';

let api: RunningApi;
let stranger: ApiClient;
let theirs: Belongings;
let own: Belongings;
let before: unknown;

beforeAll(async () => {
  api = await startApi({ env: { GANTRY_SECRETS_KEY: randomBytes(32).toString('base64') } });
  stranger = await api.clientOf('stranger', 'admin');
  theirs = await makeBelongings(api.client, 'theirs');
  own = await makeBelongings(stranger, 'own');
  await api.client.made('/api/projects', { name: 'one more' }); // a list of two pages of one
  before = await everythingOfTheirs();
});
afterAll(() => api.close());

/** All that GET shows of the organization itself, but for the time of day. */
async function everythingOfTheirs(): Promise<unknown> {
  const shown = ROUTES.filter(
    ({ method, path, events }) => method === 'get' && !events && !path.startsWith('/api/admin/'),
  );
  return Promise.all(
    shown.map((route) =>
      api.client.get<object>(pathOf(route, theirs)).then(({ body }) => ({ ...body, asOf: undefined })),
    ),
  );
}

function send(client: ApiClient, route: Route, path: string, body: object | undefined) {
  if (route.bodies?.['multipart/form-data'] && !route.bodies['application/json']) {
    const form = new FormData();
    form.set('file', new Blob(['x']), 'x.txt');
    return client.upload(path, form);
  }
  return client.send(route.method.toUpperCase(), path, body);
}

/** What concerns all organizations: an admin of one may not ask. */
const isForOperators = ({ scopes }: Route) => scopes.length > 0 && scopes.every((scope) => scope === 'operator');

const named = ROUTES.map((route) => ({ name: `${route.method} ${route.path}`, route }));
/** These names are one's own to choose: what another organization calls by one is another secret, or module. */
const NAME_ONES_OWN = ['put /api/secrets/:name', 'post /api/modules/:orgSlug/:slug/versions'];
const withPath = named.filter(({ name, route }) => route.params !== undefined && !NAME_ONES_OWN.includes(name));

describe('what another organization has is not there', () => {
  test.each(withPath)('$name', async ({ route }) => {
    const { status, body } = await send(stranger, route, pathOf(route, theirs), bodyFor(route));
    const expected = isForOperators(route)
      ? ([403, /^FORBIDDEN$/] as const)
      : // A store that is uploaded to is made where it is not there, and needs a project then.
        route.path.includes('*storeId')
        ? ([400, /^PROJECT_REQUIRED$/] as const)
        : ([404, /NOT_FOUND$/] as const);
    expect([status, body]).toEqual([
      expected[0],
      expect.objectContaining({ code: expect.stringMatching(expected[1]) }),
    ]);
  });
});

const REFERENCES = ['projectId', 'assistantId', 'assistantIds', 'familyIds', 'parentExecutionId'];
const referring = named.flatMap(({ name, route }) =>
  REFERENCES.flatMap((field) => {
    const inBody = memberNames(route.body ?? route.bodies?.['application/json']).includes(field);
    const inQuery = memberNames(route.query).includes(field);
    return (inBody || inQuery) && !route.events ? [{ name, route, field, inBody }] : [];
  }),
);

describe('what another organization has cannot be referred to', () => {
  test.each(referring)('$name with $field', async ({ route, field, inBody }) => {
    const id = theirs[field] ?? theirs[{ familyIds: 'familyId', assistantIds: 'assistantId' }[field] ?? 'executionId'];
    const body = bodyFor(route, inBody ? { [field]: field.endsWith('s') ? [id] : id } : {});
    const query = inBody ? '' : `?${field}=${id}`;
    const { status, body: answer } = await send(stranger, route, `${pathOf(route, own)}${query}`, body);
    expect({ status, answer }).toMatchObject({ status: 404 });
  });
});

describe('lists show nothing of another organization', () => {
  const lists = named.filter(({ route }) => route.method === 'get' && !route.events && route.params === undefined);
  test.each(lists)('$name', async ({ route }) => {
    const { status, body } = await stranger.get(route.path);
    expect(status).toBe(isForOperators(route) ? 403 : 200);
    const text = JSON.stringify(body);
    const ids = Object.entries(theirs).filter(([name, id]) => name.endsWith('Id') && text.includes(id));
    expect(ids).toEqual([]);
    const search = await stranger.get<{ content?: unknown[] }>(`${route.path}?query=theirs`);
    expect(search.body.content ?? []).toEqual([]);
  });
});

test('a filter or cursor of another organization’s list finds only one’s own', async () => {
  const { body } = await api.client.get<{ nextCursor: string | null }>('/api/projects?pageSize=1');
  expect(body.nextCursor).not.toBeNull();
  const seen = await stranger.get<{ content: { name: string }[] }>(`/api/projects?cursor=${body.nextCursor}`);
  expect(seen.body.content.map(({ name }) => name)).toEqual(['own']);
  const filtered = await stranger.get(`/api/executions?filter=assistantId:'${theirs['assistantId']}'`);
  expect(filtered.body).toMatchObject({ totalElements: 0, content: [] });
});

test('nothing of it has changed by all this', async () => {
  expect(await everythingOfTheirs()).toEqual(before);
});
