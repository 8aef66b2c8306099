import { connect, type Socket } from 'node:net';
import type { ExecutionChange } from '@gantry/contracts/http/execution-change';
import type { Project } from '@gantry/contracts/http/project';
import { ChangeStream } from '@gantry/dispatch/change-stream';
import { keysOf } from '@gantry/dispatch/keys';
import { ownRedis } from '@gantry/testkit/own-servers';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiClient, problemWith } from '../../test/api-client.ts';
import { openStream, type StreamEvent } from '../../test/event-stream.ts';
import { aboutStep, finishedFact, fold, plannedFact, startedFact } from '../../test/fold.ts';
import { makeAssistant, makeExecution, makeProject, NO_ID } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let project: Project;
beforeAll(async () => {
  api = await startApi();
  project = await makeProject(api.client);
  await makeAssistant(api.client, project.id);
});
afterAll(() => api?.close());

const ALL = '/api/executions/events';
const ended = (id: string) => (change: ExecutionChange) => change.executionId === id && change.kind === 'deleted';
const typeAndStatus = ({ type, data }: StreamEvent) => `${type} ${(data as ExecutionChange).status}`;
const kindAndStatus = ({ kind, status }: ExecutionChange) => `${kind} ${status}`;

/** Another api on the same servers. */
const replica = (watchLimits = {}) =>
  startApi({ databaseUrl: api.databaseUrl, redisUrl: api.redisUrl, redisPrefix: api.prefix, watchLimits });

/** A life in which everything happens that can be watched. */
async function live(client: ApiClient): Promise<string> {
  const execution = await makeExecution(client, project.id);
  await fold(api, plannedFact(execution));
  await fold(api, startedFact(execution));
  await fold(api, { kind: 'step-progress', ...aboutStep(execution, 1), progress: 1, progressMax: 2 });
  await client.put(`/api/executions/${execution.id}`, { description: 'watched' });
  await fold(api, finishedFact(execution, 2));
  await client.delete(`/api/executions/${execution.id}`);
  return execution.id;
}

const LIFE = [
  ...['created PENDING', 'status RUNNING', 'steps RUNNING', 'steps RUNNING', 'edited RUNNING', 'status SUCCEEDED'],
  'deleted SUCCEEDED',
];

test('all changes of all executions are shown in order, each with its change sequence', async () => {
  const stream = await openStream(api.client, ALL);
  const id = await live(api.client);
  const changes = (await stream.until(ended(id))).filter(({ executionId }) => executionId === id);
  expect(changes.map(kindAndStatus)).toEqual(LIFE);
  expect(changes.map(({ changeSequence }) => changeSequence)).toEqual([1, 2, 3, 4, 5, 6, 6]);
  expect(changes[0]).toEqual({
    executionId: id,
    organizationId: expect.any(String),
    projectId: project.id,
    assistantId: expect.any(String),
    kind: 'created',
    status: 'PENDING',
    changeSequence: 1,
    at: expect.any(String),
  });
  await stream.close();
});

test('one execution is shown as it stands, then every change until it is finished, and the stream says so', async () => {
  const execution = await makeExecution(api.client, project.id);
  const stream = await openStream(api.client, `/api/executions/${execution.id}/events`);
  await makeExecution(api.client, project.id);
  await fold(api, plannedFact(execution), startedFact(execution));
  await api.client.put(`/api/executions/${execution.id}/cancel`);
  await fold(api, { kind: 'stopped', executionId: execution.id, epoch: 1, at: Date.now() });
  await stream.ended;
  expect(stream.events.map(typeAndStatus)).toEqual([
    ...['message PENDING', 'message RUNNING', 'message CANCELLING', 'message CANCELLED', 'finished CANCELLED'],
  ]);

  const late = await openStream(api.client, `/api/executions/${execution.id}/events`);
  await late.ended;
  expect(late.events.map(typeAndStatus)).toEqual(['message CANCELLED', 'finished CANCELLED']);
  const again = { 'last-event-id': late.lastId ?? '' };
  const path = `/api/executions/${execution.id}/events`;
  expect(await api.client.send('GET', path, undefined, again)).toMatchObject({ status: 204 });
});

test('what an execution that is reprocessed becomes is shown to those who watch all', async () => {
  const event = {
    eventType: 'DOCUMENT_FAMILY_CREATED',
    taskId: undefined,
    documentFamilyId: 'f-1',
    storeId: 'watched',
  };
  const first = await makeExecution(api.client, project.id, event);
  await fold(api, plannedFact(first), finishedFact(first, 1));
  const stream = await openStream(api.client, ALL);
  const { body } = await api.client.put<{ id: string }[]>('/api/document-families/f-1/reprocess');
  const again = (await api.client.get<typeof first>(`/api/executions/${body[0]?.id}`)).body;
  await fold(api, plannedFact(again), finishedFact(again, 1));
  const changes = await stream.until(({ status }) => status === 'REPROCESSED');
  expect(changes.filter(({ executionId }) => executionId === first.id).map(kindAndStatus)).toEqual([
    ...['status PENDING_REPROCESSING', 'status REPROCESSED'],
  ]);
  await stream.close();
});

test('a project or an assistant can be watched alone', async () => {
  const other = await makeProject(api.client, 'Other');
  const assistant = await makeAssistant(api.client, other.id);
  const byProject = await openStream(api.client, `${ALL}?projectId=${other.id}`);
  const byAssistant = await openStream(api.client, `${ALL}?assistantId=${assistant.id.toUpperCase()}`);
  await makeExecution(api.client, project.id);
  const { id } = await makeExecution(api.client, other.id);
  for (const stream of [byProject, byAssistant]) {
    expect(await stream.next()).toMatchObject({ data: { executionId: id, kind: 'created' } });
    await stream.close();
  }
  expect(await api.client.get(`${ALL}?projectId=x`)).toMatchObject(problemWith(400, 'BAD_REQUEST'));
});

test('another organization sees nothing of it, and a key without the scope may not watch', async () => {
  const stranger = await api.clientOf('strangers', 'executions:read', 'executions:write');
  const theirs = await openStream(stranger, ALL);
  const { id } = await makeExecution(api.client, project.id);
  const own = await stranger.made<{ id: string }>('/api/executions', { pipeline: { steps: [] } });
  expect(await theirs.next()).toMatchObject({ data: { executionId: own.id, kind: 'created' } });
  expect(theirs.events).toHaveLength(1);
  await theirs.close();

  expect(await stranger.get(`/api/executions/${id}/events`)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect(await api.client.get(`/api/executions/${NO_ID}/events`)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  const writer = await api.clientOf('strangers', 'events:write');
  expect(await writer.get(ALL)).toMatchObject(problemWith(403, 'FORBIDDEN'));
  expect(await api.client.send('HEAD', ALL)).toMatchObject({ status: 200 });
});

test('a client that comes back, to any api, is shown exactly what it missed', async () => {
  const other = await replica();
  const before = await openStream(api.client, ALL);
  await makeExecution(api.client, project.id);
  const seen = await before.next();
  const id = await live(api.client);
  const missed = await before.until(ended(id));
  await before.close();

  for (const at of [api, other]) {
    const after = await openStream(at.client, ALL, seen.id);
    expect(await after.until(ended(id))).toEqual(missed);
    await after.close();
  }
  const one = await openStream(other.client, ALL);
  const { id: next } = await makeExecution(api.client, project.id);
  await one.until(({ executionId, kind }) => executionId === next && kind === 'created');
  await one.close();
  await other.close();
});

test('a client that was away for longer than changes are kept is told so, and then shown what is new', async () => {
  for (const after of ['1-1', '999999999999999-0']) {
    const stream = await openStream(api.client, ALL, after);
    expect(await stream.next()).toMatchObject({ type: 'reset', id: expect.any(String) });
    const { id } = await makeExecution(api.client, project.id);
    await stream.until(({ executionId }) => executionId === id);
    await stream.close();
  }
  const garbage = await api.client.send('GET', ALL, undefined, { 'last-event-id': 'yesterday' });
  expect(garbage).toMatchObject(problemWith(400, 'BAD_REQUEST', { errors: { 'Last-Event-ID': expect.any(String) } }));
});

test('heartbeats move on the id to come back with, past what the client does not watch', async () => {
  const quick = await replica({ heartbeatMs: 10 });
  const all = await openStream(quick.client, ALL);
  const execution = await makeExecution(api.client, project.id);
  const one = await openStream(quick.client, `/api/executions/${execution.id}/events`);
  const id = await live(api.client);
  await all.until(ended(id));
  await waitFor(() => one.lastId === all.lastId && one.heartbeats > 0);
  expect(one.events.map(({ data }) => data)).toMatchObject([{ kind: 'current', executionId: execution.id }]);
  await Promise.all([all.close(), one.close()]);
  await quick.close();
});

test('a stream ends when its key is revoked', async () => {
  const quick = await replica({ heartbeatMs: 10 });
  const { id, key } = await quick.client.made<{ id: string; key: string }>('/api/keys', {
    name: 'leaving',
    scopes: ['executions:read'],
  });
  const stream = await openStream({ url: quick.url, key } as ApiClient, ALL);
  await waitFor(() => stream.heartbeats > 0);
  await quick.client.delete(`/api/keys/${id}`);
  await stream.ended;
  expect(stream.events).toMatchObject([{ type: 'error', data: { status: 401, code: 'UNAUTHORIZED' } }]);
  await quick.close();
});

test('streams are limited by key and in all; one that is closed makes room', async () => {
  const small = await replica({ perKey: 2, total: 3 });
  const streams = [await openStream(small.client, ALL), await openStream(small.client, ALL)];
  const refused = await small.client.get(ALL);
  expect(refused).toMatchObject(problemWith(429, 'TOO_MANY_REQUESTS'));
  expect(refused.headers.get('retry-after')).toBe('5');

  const stranger = await small.clientOf('strangers', 'executions:read');
  streams.push(await openStream(stranger, ALL));
  expect(await stranger.get(ALL)).toMatchObject(problemWith(503, 'TOO_MANY_WATCHERS'));
  await streams.pop()?.close();
  await waitFor(() => small.watchers.size === 2);
  streams.push(await openStream(stranger, ALL));
  for (const stream of streams) await stream.close();
  await waitFor(() => small.watchers.size === 0);
  await small.close();
});

test('streams end when the api stops', async () => {
  const leaving = await replica();
  const stream = await openStream(leaving.client, ALL);
  await leaving.close();
  await stream.ended;
  expect(stream.events).toEqual([]);
});

/** A client that has sent its request and reads nothing. */
async function openDeaf({ url, client }: RunningApi): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').pause();
  socket.on('error', () => undefined);
  socket.write(`GET ${ALL} HTTP/1.1\r\nhost: gantry\r\nx-api-key: ${client.key}\r\n\r\n`);
  return socket;
}

const ROUNDS = 60;
const ROUND = 1_000;

/** More changes than the buffers of any socket take, round by round. */
async function flood(organizationId: string, roundIsOver: (changes: number) => Promise<unknown>): Promise<void> {
  const stream = new ChangeStream(api.redis, keysOf(api.prefix));
  const change = { executionId: NO_ID, organizationId, projectId: null, assistantId: null, kind: 'steps' } as const;
  for (let round = 0; round < ROUNDS; round += 1) {
    const changes = Array.from({ length: ROUND }, (_, index) => ({
      ...change,
      status: 'RUNNING' as const,
      changeSequence: round * ROUND + index,
      at: '2026-01-01T00:00:00.000Z',
    }));
    await stream.append(changes, { missing: false });
    await roundIsOver((round + 1) * ROUND);
  }
}

test('who reads too slowly is left, and nobody else notices', async () => {
  const { organizationId } = await makeExecution(api.client, project.id);
  const patient = await replica({ window: 5_000, lingerMs: 60_000 });
  const strict = await replica({ window: 5_000, lingerMs: 1 });
  const reader = await openStream(patient.client, ALL);
  const late = await openDeaf(patient);
  const deaf = await openDeaf(strict);
  await waitFor(() => patient.watchers.size === 2 && strict.watchers.size === 1);
  await flood(organizationId, (sent) => waitFor(() => reader.events.length === sent, { what: `${sent} changes` }));

  expect(reader.events.map(({ data }) => (data as ExecutionChange).changeSequence)).toEqual(
    Array.from({ length: ROUNDS * ROUND }, (_, index) => index),
  );
  // Cut off although it never read a byte.
  await waitFor(() => strict.watchers.size === 0, { what: 'the deaf client to be left' });
  // Told why, once it does read.
  let text = '';
  late.on('data', (chunk) => {
    text = (text + chunk.toString()).slice(-1_000);
  });
  late.resume();
  await waitFor(() => text.includes('event: error') && text.includes('WATCHER_TOO_SLOW'), { what: 'the last event' });
  await waitFor(() => patient.watchers.size === 1);

  for (const socket of [late, deaf]) socket.destroy();
  await reader.close();
  await Promise.all([patient.close(), strict.close()]);
});

test('while Redis is away clients stay; when it is back they are told to look again, and changes go on', async () => {
  const redis = await ownRedis();
  const lonely = await startApi({ redisUrl: redis.url });
  const owner = await makeProject(lonely.client);
  await makeAssistant(lonely.client, owner.id);
  const stream = await openStream(lonely.client, ALL);
  const seen = await makeExecution(lonely.client, owner.id);
  expect(await stream.next()).toMatchObject({ data: { executionId: seen.id } });

  await redis.kill();
  await waitFor(() => lonely.watchers.position === undefined);
  const late = await openStream(lonely.client, `/api/executions/${seen.id}/events`);
  expect(await late.next()).toMatchObject({ id: undefined, data: { kind: 'current' } });
  const back = await openStream(lonely.client, ALL, stream.lastId);
  await redis.restart();
  for (const one of [stream, late]) expect(await one.next()).toMatchObject({ type: 'reset', id: expect.any(String) });
  const { id } = await makeExecution(lonely.client, owner.id);
  expect(await stream.next()).toMatchObject({ data: { executionId: id } });
  // Whoever came back meanwhile may be told to look again as well.
  const first = await back.next();
  expect(first.type === 'reset' ? await back.next() : first).toMatchObject({ data: { executionId: id } });

  for (const one of [stream, late, back]) await one.close();
  await lonely.close();
  await redis.stop();
});
