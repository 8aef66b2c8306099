import { request as sendRequest } from 'node:http';
import { ERROR_CATALOGUE, isErrorCode } from '@gantry/contracts/error-catalogue';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Belongings, bodyFor, makeBelongings, memberNames, pathOf } from '../../test/belongings.ts';
import { contentTypes, nastyBody, nastyJson, nastyText, nastyValue, ownEntries } from '../../test/nasty.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';
import { ROUTES } from '../routes.ts';
import type { Route } from './route.ts';

/** Another one each time, but where it decides over a change: what it finds there should be the change's. */
const seed = Number(process.env['GANTRY_FUZZ_SEED'] ?? (process.env['CI'] === 'true' ? 1 : Date.now() % 2 ** 31));
const RUNS_A_ROUTE = Number(process.env['GANTRY_FUZZ_RUNS'] ?? 25);
/** Longer than any answer takes, shorter than a test: who hangs is found. */
const PATIENCE_MS = 10_000;

let api: RunningApi;
let own: Belongings;
let made = 0;

beforeAll(async () => {
  api = await startApi();
  own = await makeBelongings(api.client, 'fuzzed');
});
afterAll(() => api.close());

interface Shot {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

interface Seen {
  status: number;
  type: string;
  text: string;
}

/** As raw as HTTP goes: fetch would mend some of it. A stream of events is left as soon as it has begun. */
function shoot({ method, path, headers, body }: Shot): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const outgoing = sendRequest(`${api.url}${path}`, {
      method,
      headers: { 'x-api-key': api.client.key, ...headers, 'content-length': Buffer.byteLength(body) },
      timeout: PATIENCE_MS,
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      const type = response.headers['content-type'] ?? '';
      const status = response.statusCode ?? 0;
      const chunks: Buffer[] = [];
      if (type.startsWith('text/event-stream')) {
        outgoing.destroy();
        resolve({ status, type, text: '' });
      }
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', () => {});
      response.once('end', () => resolve({ status, type, text: Buffer.concat(chunks).toString() }));
    });
    outgoing.end(body);
  });
}

function check(shot: Shot, { status, type, text }: Seen): void {
  const said = `${shot.method} ${shot.path.slice(0, 300)} answered ${status} ${text.slice(0, 500)}`;
  expect(status, said).toBeLessThan(500);
  expect(text, said).not.toMatch(/node_modules|\n\s+at |\.ts:\d+/);
  if (status < 400) return;
  expect(type, said).toMatch(/^application\/problem\+json/);
  const problem = JSON.parse(text);
  expect(problem, said).toMatchObject({ status, message: problem.detail, instance: expect.any(String) });
  expect(isErrorCode(problem.code), said).toBe(true);
  expect(ERROR_CATALOGUE[problem.code as keyof typeof ERROR_CATALOGUE].status, said).toBe(status);
  const names = Object.entries(problem.errors ?? {});
  expect(
    names.filter(([, message]) => typeof message !== 'string'),
    said,
  ).toEqual([]);
  if (problem.code === 'BAD_REQUEST' && !/not well-formed|form cannot be read/.test(problem.detail)) {
    expect(names.length, said).toBeGreaterThan(0);
  }
}

/** What must not be left to chance: U+0000, which Postgres takes nowhere, in each parameter. */
function certainShots(route: Route): [Shot][] {
  return memberNames(route.query).map((name) => [
    { method: route.method.toUpperCase(), path: `${pathOf(route, own)}?${name}=%00`, headers: {}, body: '' },
  ]);
}

/** A nasty request to a route: good in most of its parts, so that it gets far. */
function shots(route: Route): fc.Arbitrary<Shot> {
  const asIs = pathOf(route, own);
  const path = fc.oneof(
    { weight: 5, arbitrary: fc.constant(asIs) },
    { weight: 2, arbitrary: nastyText.map((text) => nastyPath(route, encoded(text))) },
    { weight: 1, arbitrary: fc.constantFrom('%', '%E0%A4%A', '%00', '..%2f..').map((text) => nastyPath(route, text)) },
  );
  // Most of what is said to page, pageSize and cursor ends there.
  const names = memberNames(route.query).filter((name) => !/^(page|pageSize|cursor)$/.test(name));
  const queryName = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...names, 'x') },
    { weight: 1, arbitrary: fc.constantFrom('page', 'pageSize', 'cursor') },
    { weight: 1, arbitrary: nastyText },
  );
  const query = fc
    .array(fc.tuple(queryName, nastyValue), { maxLength: 2 })
    .map((pairs) => pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&'))
    // Most of what is more would end as REQUEST_HEAD_TOO_LARGE.
    .map((text) => text.slice(0, 14_000));
  const members = memberNames(route.body ?? route.bodies?.['application/json']);
  const sample = bodyFor(route, members.includes('projectId') ? { projectId: own['projectId'] } : {}) ?? {};
  const almostGood = fc
    .array(fc.tuple(fc.constantFrom(...members, '__proto__', 'constructor'), nastyJson), { maxLength: 3 })
    .map((entries) => JSON.stringify({ ...sample, ...ownEntries(entries) }));
  const body = fc.oneof(
    { weight: 5, arbitrary: almostGood },
    { weight: 2, arbitrary: nastyBody },
    { weight: 1, arbitrary: nastyJson.map((value) => JSON.stringify(value)) },
  );
  const header = fc.constantFrom(
    'idempotency-key',
    'last-event-id',
    'ce-specversion',
    'ce-id',
    'content-encoding',
    'x',
  );
  const headers = fc.option(fc.tuple(header, nastyText.map(headerText)), { freq: 4 });
  return fc.record({ path, query, body, headers, type: contentTypes }).map((parts) => ({
    method: route.method.toUpperCase(),
    path: parts.query === '' ? parts.path : `${parts.path}?${parts.query}`,
    headers: Object.fromEntries([
      ...(parts.type === undefined ? [] : [['content-type', parts.type] as const]),
      ...(parts.headers === null ? [] : [parts.headers]),
    ]),
    body: route.method === 'get' ? '' : parts.body,
  }));
}

/** With the text as its first parameter. */
function nastyPath({ path }: Route, text: string): string {
  return path.replace(/[:*]\w+/, () => text).replaceAll(/[:*]\w+/g, 'x');
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** What a header may hold at all. */
function headerText(text: string): string {
  return text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '').slice(0, 500);
}

test(`no request makes a 500, hangs, or shows what is inside (seed ${seed})`, { timeout: 120_000 }, async () => {
  console.info(`fuzzed with GANTRY_FUZZ_SEED=${seed}`);
  // What deletes comes last: the others should find something.
  const routes = ROUTES.toSorted((a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'));
  for (const route of routes) {
    const property = fc.asyncProperty(shots(route), async (shot) => {
      made += 1;
      check(shot, await shoot(shot));
    });
    await fc.assert(property, { seed, numRuns: RUNS_A_ROUTE, endOnFailure: true, examples: certainShots(route) });
  }
  expect(made).toBeGreaterThanOrEqual(ROUTES.length * RUNS_A_ROUTE);
  // It is well, and what it had is as it was.
  expect(await api.client.get('/api/account/me')).toMatchObject({ status: 200 });
});
