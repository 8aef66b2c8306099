import { randomUUID } from 'node:crypto';
import { ownRedis } from '@gantry/testkit/own-servers';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { freshDispatch, NOW, opened, openedFields, plannedFact } from '../test/fresh-dispatch.ts';
import { connectWorker } from './connect.ts';
import { ExecutionPermissions } from './execution-permissions.ts';
import { openExecutions } from './open-executions.ts';
import { Shards } from './shards.ts';

let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
let permissions: ExecutionPermissions;
beforeAll(async () => {
  dispatch = await freshDispatch();
  permissions = new ExecutionPermissions(dispatch.shards);
});
beforeEach(() => dispatch.redis.flushdb());
afterAll(() => dispatch.close());

test('permissions are read in the order asked for, with nothing where there is none', async () => {
  const [open, closed, done, none] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await dispatch.seed(open, openedFields({ epoch: '2', slice: '1', leased: '1', runtime: 'acme/gpu' }));
  await dispatch.seed(closed, { epoch: '0', open: '0', leased: '0' });
  await dispatch.seed(done, { epoch: '3', open: '0', leased: '0', done: '1' });
  expect(await permissions.read([none, open, closed, done])).toEqual([
    undefined,
    { epoch: 2, open: true, leased: true, runtime: 'acme/gpu', slice: 1, done: false },
    { epoch: 0, open: false, leased: false, runtime: null, slice: 0, done: false },
    { epoch: 3, open: false, leased: false, runtime: null, slice: 0, done: true },
  ]);
  expect(await permissions.read([])).toEqual([]);
});

test('a finished execution is forgotten after a minute, one that is revoked at once', async () => {
  const [finished, revoked, none] = [randomUUID(), randomUUID(), randomUUID()];
  await dispatch.seed(finished, openedFields());
  await dispatch.seed(revoked, openedFields());
  await permissions.forget([finished, none]);
  await permissions.revoke(revoked);
  await permissions.revoke(none);
  const { fields, ttlMs } = await dispatch.stateOf(finished);
  expect(fields).toEqual(openedFields());
  expect(ttlMs).toBeGreaterThan(50_000);
  expect(ttlMs).toBeLessThanOrEqual(60_000);
  expect(await dispatch.redis.keys('*')).toEqual([dispatch.keys.execution(finished)]);
});

test('a leader that announces itself late does not depose the one after it', async () => {
  await permissions.announceTerm(9);
  await permissions.announceTerm(10);
  await permissions.announceTerm(9);
  expect(await openExecutions(dispatch.shards, [opened(plannedFact())], 9)).toBe('deposed');
  expect(await openExecutions(dispatch.shards, [opened(plannedFact())], 10)).toEqual(['opened']);
});

test('reports come onto the journal in order', async () => {
  const planned = plannedFact({ slices: [] });
  const error = { errorType: 'MODULE_NOT_FOUND', message: 'There is no module a/b.' };
  const unplannable = { kind: 'unplannable', executionId: randomUUID(), epoch: 1, at: NOW, error } as const;
  await permissions.report([planned, unplannable]);
  await permissions.report([]);
  expect(await dispatch.journal()).toEqual([planned, unplannable]);
});

test('a report comes onto the journal though Redis is full', async () => {
  const server = await ownRedis();
  const redis = connectWorker(server.url, () => {});
  onTestFinished(() => server.stop());
  onTestFinished(() => redis.disconnect());
  await redis.config('SET', 'maxmemory', '1');
  const full = new ExecutionPermissions(new Shards([redis], dispatch.keys.prefix));
  await full.report([plannedFact()]);
  expect(await redis.xlen(dispatch.keys.journal)).toBe(1);
});
