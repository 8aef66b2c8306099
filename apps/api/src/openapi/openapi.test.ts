import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../test/start-api.ts';
import { ROUTES } from '../routes.ts';
import { COMPONENT_SCHEMAS } from './component-schemas.ts';
import { pathTemplate } from './describe-route.ts';

interface Document {
  openapi: string;
  paths: Record<
    string,
    Record<string, { operationId: string; parameters?: { name: string; in: string; schema: object }[] }>
  >;
  components: { schemas: Record<string, object> };
}

let api: RunningApi;
let document: Document;

beforeAll(async () => {
  api = await startApi();
  const response = await fetch(`${api.url}/api/openapi.json`);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  document = (await response.json()) as Document;
});
afterAll(() => api.close());

test('the document is valid OpenAPI 3.1', async () => {
  expect(document.openapi).toBe('3.1.0');
  const validator = new Validator();
  expect(await validator.validate({ ...document })).toEqual({ valid: true });
  expect(() => validator.resolveRefs()).not.toThrow();
});

test('every route is described once, under a name of its own', () => {
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId }]) => ({ name: `${method} ${path}`, operationId })),
  );
  expect(described.map(({ name }) => name).sort()).toEqual(
    ROUTES.map(({ method, path }) => `${method} ${pathTemplate(path)}`).sort(),
  );
  expect(new Set(described.map(({ operationId }) => operationId)).size).toBe(ROUTES.length);
});

test('nothing refers to a schema that is not there, and every example is one', () => {
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
    ([, name]) => name,
  );
  expect(references.filter((name = '') => !(name in document.components.schemas))).toEqual([]);
  for (const [name, { schema, example }] of Object.entries(COMPONENT_SCHEMAS)) {
    if (example !== undefined) expect(schema.safeParse(example).error, name).toBeUndefined();
  }
});

test('the parameters of lists are described with their limits', () => {
  const parameters = document.paths['/api/executions']?.['get']?.parameters ?? [];
  expect(parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(['page', 'pageSize', 'sort', 'filter']));
  expect(parameters.find(({ name }) => name === 'pageSize')).toMatchObject({
    ...{ in: 'query', required: false, description: expect.any(String) },
    schema: { type: 'integer', minimum: 1, maximum: 1_000 },
  });
});

test('headers that operations read are described', () => {
  const headersOf = (path: string, method: string) =>
    document.paths[path]?.[method]?.parameters?.flatMap(({ name, in: place }) => (place === 'header' ? name : []));
  expect(headersOf('/api/events', 'post')).toEqual(expect.arrayContaining(['Idempotency-Key', 'ce-type', 'ce-id']));
  expect(headersOf('/api/executions/{id}/events', 'get')).toEqual(['Last-Event-ID']);
});

test('the reference is a page that loads nothing from elsewhere', async () => {
  const page = await fetch(`${api.url}/api/docs`);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
  const html = await page.text();
  expect(html.indexOf('id="reference"')).toBeLessThan(html.indexOf('<code>EXECUTION_FINISHED</code>'));
  const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
  const parts = addresses.filter((address) => address !== 'data:,');
  expect(parts).toEqual(expect.arrayContaining([expect.stringMatching(/\.css$/), expect.stringMatching(/\.js$/)]));
  for (const part of parts) {
    expect(part).toMatch(/^\/api\//);
    const answer = await fetch(api.url + part);
    expect([answer.status, (await answer.text()).length > 0], part).toEqual([200, true]);
  }
});

test('a file of the pages is given whole, whatever range or condition is asked for', async () => {
  for (const file of ['/api/docs/swagger-ui.css', '/admin/queues/static/favicon-32x32.png'])
    for (const [name, value] of [
      ['range', 'bytes=99999999-'],
      ['if-match', '"another"'],
      ['if-unmodified-since', 'Mon, 01 Jan 1990 00:00:00 GMT'],
    ] as const) {
      const answer = await fetch(api.url + file, { headers: { 'x-api-key': api.client.key, [name]: value } });
      const { byteLength } = await answer.arrayBuffer();
      expect([file, name, answer.status, byteLength > 0]).toEqual([file, name, 200, true]);
    }
});
