import { connect } from 'node:net';
import { ContentError } from '@gantry/contents/content-store';
import { ownPostgres, ownRedis } from '@gantry/testkit/own-servers';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeExecution, makeProject } from '../../test/sample.ts';
import { startApi } from '../../test/start-api.ts';
import { problemOf } from './problem-of.ts';

async function runningApi(servers: Parameters<typeof startApi>[0] = {}) {
  const api = await startApi(servers);
  onTestFinished(() => api.close());
  return api;
}

test('what is wrong with a request is its client’s to mend, never a 500', async () => {
  const { client, url } = await runningApi();
  const send = (body: string, headers: Record<string, string> = {}) =>
    client.send('POST', '/api/projects', body, headers);

  expect(await send('{"name":')).toMatchObject(problemWith(400, 'JSON_INVALID'));
  expect(await send('[')).toMatchObject(problemWith(400, 'JSON_INVALID'));
  expect(await send(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)).toMatchObject(problemWith(400, 'JSON_INVALID'));
  expect(await send('"text"')).toMatchObject(problemWith(400, 'BAD_REQUEST', { errors: { body: expect.any(String) } }));
  expect(await send('')).toMatchObject(problemWith(400, 'BAD_REQUEST', { errors: { name: expect.any(String) } }));
  expect(await send('name=x', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject(
    problemWith(415, 'UNSUPPORTED_MEDIA_TYPE'),
  );
  expect(await send('{}', { 'content-encoding': 'gzip' })).toMatchObject(problemWith(415, 'UNSUPPORTED_MEDIA_TYPE'));
  for (const charset of ['utf-16', '"UTF-16LE"', 'iso-8859-1']) {
    for (const [path, type] of [
      ['/api/projects', 'application/json'],
      ['/api/events', 'application/cloudevents+json'],
      ['/api/events', 'application/x-ndjson'],
    ] as const) {
      const answer = await client.send('POST', path, '{"name":"ü"}', { 'content-type': `${type}; charset=${charset}` });
      expect(answer).toMatchObject(problemWith(415, 'UNSUPPORTED_MEDIA_TYPE', { detail: 'Send the body in UTF-8.' }));
    }
  }
  for (const charset of ['utf-8', '"UTF-8"', 'utf8', 'US-ASCII']) {
    const json = { 'content-type': `application/json; charset=${charset}` };
    expect(await send('{"name":"ü"}', json)).toMatchObject({ status: 201 });
  }
  // Whatever is said of them: ASCII is the same bytes in all of these.
  const latin1 = { 'content-type': 'application/json; charset=iso-8859-1' };
  expect(await send('{"name":"x"}', latin1)).toMatchObject({ status: 201 });
  expect(await send(`{"name":"${'x'.repeat(1_048_576)}"}`)).toMatchObject(problemWith(413, 'CONTENT_TOO_LARGE'));

  expect(await client.get('/api/nothing')).toMatchObject({
    ...problemWith(404, 'NOT_FOUND', { instance: '/api/nothing', title: 'There is no such thing' }),
  });
  expect(await client.get('/api/projects/%E0%A4%A')).toMatchObject(problemWith(400, 'BAD_REQUEST'));
  const patch = await client.send('PATCH', '/api/projects', {});
  expect(patch).toMatchObject(problemWith(405, 'METHOD_NOT_ALLOWED'));
  expect(patch.headers.get('allow')).toBe('GET, POST');

  const answer = await fetch(`${url}/api/projects`, { headers: { 'x-api-key': 'wrong' } });
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const { detail, message, ...rest } = (await answer.json()) as Record<string, unknown>;
  expect(detail).toBe(message);
  expect(Object.keys(rest)).toEqual(['type', 'title', 'status', 'instance', 'code']);
});

test('what cannot be read as a request at all is a problem too', async () => {
  const { client, url } = await runningApi();
  expect(await client.get(`/api/executions?filter=${'x'.repeat(20_000)}`)).toMatchObject(
    problemWith(431, 'REQUEST_HEAD_TOO_LARGE'),
  );

  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('GET /api/executions HTTP/1.1\r\nno header\r\n\r\n');
  const answer = (await socket.toArray()).join('');
  expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*"BAD_REQUEST"/);
});

test('a body of unknown length is refused as soon as it is too large', async () => {
  const { client, url } = await runningApi();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const answered = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
  socket.write(
    `POST /api/projects HTTP/1.1\r\nhost: x\r\nx-api-key: ${client.key}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
  );
  const chunk = 'x'.repeat(65_536);
  for (let sent = 0; sent <= 1_048_576; sent += chunk.length) socket.write(`10000\r\n${chunk}\r\n`);
  expect(await answered).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
});

test('health and metrics need no key', async () => {
  const { client, url } = await runningApi();
  await client.get('/api/projects');
  expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({
    status: 'ok',
    checks: { postgres: 'ok', redis: 'ok' },
  });
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(
    /gantry_http_request_duration_seconds_count\{app="api",method="get",route="\/api\/projects",status="200"\} 1/,
  );
});

test('with Redis away events are accepted and executions cancelled all the same', async () => {
  const redis = await ownRedis();
  onTestFinished(() => redis.stop());
  const { client, url } = await runningApi({ redisUrl: redis.url });
  const { id: projectId } = await makeProject(client);
  await makeAssistant(client, projectId);
  const execution = await makeExecution(client, projectId);
  await redis.kill();

  expect(await makeExecution(client, projectId)).toMatchObject({ status: 'PENDING' });
  expect(await client.put(`/api/executions/${execution.id}/cancel`)).toMatchObject({
    status: 200,
    body: { status: 'CANCELLING' },
  });
  expect((await fetch(`${url}/health/ready`)).status).toBe(503);
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/gantry_late_jobs_total\{app="api"\} 1/);
});

test('with Postgres away the answer is 503 and when to come back; then it works again', async () => {
  const postgres = await ownPostgres();
  onTestFinished(() => postgres.stop());
  const { client } = await runningApi({ databaseUrl: postgres.url });
  const { id: projectId } = await makeProject(client);
  await postgres.kill();

  const event = { eventType: 'TASK_CREATED', taskId: 't', projectId };
  for (const answer of [
    client.post('/api/events', event),
    client.post('/api/events', [event]),
    client.get('/api/executions'),
  ]) {
    const { status, body, headers } = await answer;
    expect({ status, body }).toMatchObject(problemWith(503, 'DATABASE_UNAVAILABLE'));
    expect(headers.get('retry-after')).toBe('2');
  }
  await postgres.restart();
  await waitFor(async () => (await client.post('/api/events', event)).status === 202);
});

test('while somebody holds a lock on executions whoever sends events is told to come back, within seconds', async () => {
  const { client, db } = await runningApi();
  const { id: projectId } = await makeProject(client);
  await makeAssistant(client, projectId);
  const event = { eventType: 'TASK_CREATED', taskId: 't', projectId };
  await db.transaction().execute(async (tx) => {
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx);
    await sql`lock table executions in access exclusive mode`.execute(tx);
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.post('/api/events', event)));
    for (const { status, body, headers } of answers) {
      expect({ status, body }).toMatchObject(problemWith(503, 'DATABASE_UNAVAILABLE'));
      expect(headers.get('retry-after')).toBe('2');
    }
  });
  expect(await client.post('/api/events', event)).toMatchObject({ status: 202 });
});

test.each([
  ['its disk is full', '53100'],
  ['it has no memory', '53200'],
  ['it cannot write', '58030'],
])('when Postgres says that %s, the answer is 503 and when to come back', async (_what, code) => {
  const { client, db } = await runningApi();
  const { id: projectId } = await makeProject(client);
  await sql
    .raw(`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'no' using errcode = '${code}'; end $$;
    create trigger refuse before insert on events for each row execute function refuse()`)
    .execute(db);
  const { status, body, headers } = await client.post('/api/events', {
    eventType: 'TASK_CREATED',
    taskId: 't',
    projectId,
  });
  expect({ status, body }).toMatchObject(problemWith(503, 'DATABASE_UNAVAILABLE'));
  expect(headers.get('retry-after')).toBe('2');
});

test('a content store that is away is no fault of Postgres', () => {
  const away = Object.assign(new ContentError('CONTENT_NOT_FOUND', 'away'), { code: 'CONTENT_UNAVAILABLE' });
  expect(problemOf(away, '/')).toMatchObject({ problem: { status: 503, code: 'CONTENT_UNAVAILABLE' } });
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  expect(problemOf(full, '/')).toMatchObject({ problem: { status: 500, code: 'INTERNAL_ERROR' } });
});
