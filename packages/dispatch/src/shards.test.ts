import { randomUUID } from 'node:crypto';
import { ownRedis } from '@gantry/testkit/own-servers';
import { type RedisCluster, startRedisCluster } from '@gantry/testkit/redis-cluster';
import { waitFor } from '@gantry/testkit/wait-for';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { executionJob, freshDispatch, NOW, opened, plannedFact, sliceJob } from '../test/fresh-dispatch.ts';
import { Brake } from './brake.ts';
import { listenForClosed } from './closed-listener.ts';
import { connectSubscriber } from './connect.ts';
import { ExecutionPermissions } from './execution-permissions.ts';
import { ExecutionQueue } from './execution-queue.ts';
import { JobPresence } from './job-presence.ts';
import { JobWorker } from './job-worker.ts';
import { Journals } from './journals.ts';
import { openExecutions } from './open-executions.ts';
import { EXECUTIONS_QUEUE, runtimeQueueName } from './queue-names.ts';
import { QueuePlaces } from './queue-places.ts';
import { RuntimeLoads } from './runtime-load.ts';
import { RuntimeRegistry } from './runtime-registry.ts';
import { SeenHistory } from './seen-history.ts';
import { checkShardCount } from './shard-count.ts';
import { openShards, Shards } from './shards.ts';
import { SliceLeases } from './slice-lease.ts';
import { SliceQueue } from './slice-queue.ts';
import { SlotGate } from './slot-gate.ts';

const COUNT = 3;
const DEFAULT = 'gantry/default';
const QUEUE = runtimeQueueName(DEFAULT);

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster?.stop());

/** Ids of executions, one of each shard. */
const ids = () => Array.from({ length: COUNT }, (_, shard) => `${randomUUID().slice(0, -4)}${hex(shard)}`);
const hex = (shard: number) => shard.toString(16).padStart(4, '0');

describe.each(['one Redis', 'a Redis Cluster'])('three shards of %s', (where) => {
  let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
  beforeAll(async () => {
    dispatch = await freshDispatch({ shards: COUNT, ...(where === 'a Redis Cluster' && { url: cluster.url }) });
  });
  afterAll(async () => {
    await new SeenHistory(dispatch.shards).forgetEverything();
    await dispatch.close();
  });

  const plans = (executions: readonly string[]) =>
    executions.map((executionId) => opened(plannedFact({ executionId })));
  const waitingIn = () =>
    Promise.all(dispatch.shards.all.map(({ queues }) => queues.get(QUEUE).getJobCountByTypes('prioritized')));

  test('all of an execution is in its shard: from planning to its end, and a cancel', async () => {
    const { shards } = dispatch;
    const executions = ids();
    expect(await openExecutions(shards, plans(executions.toReversed()), 1)).toEqual(Array(COUNT).fill('opened'));
    for (const { redis, keys, queues } of shards.all) {
      const [executionId = ''] = executions.filter((id) => shards.of(id).keys === keys);
      expect(await redis.hget(keys.execution(executionId), 'open')).toBe('1');
      expect(await redis.xlen(keys.journal)).toBe(1);
      expect((await queues.get(QUEUE).getJob(`${executionId}.1.0`))?.data).toMatchObject({ executionId });
    }
    const [first = '', second = ''] = executions;
    const leases = new SliceLeases(shards);
    const lease = { executionId: second, epoch: 1, slice: 0, token: 'token' };
    expect(await leases.start(lease, 'worker', NOW)).toMatchObject({ kind: 'started' });
    expect(await leases.closedAmong(executions)).toEqual([]);

    const heard: string[] = [];
    for (const { keys } of shards.all) {
      const url = where === 'one Redis' ? urlOf(dispatch.redis) : cluster.url;
      const subscriber = connectSubscriber(url, () => {}, keys.prefix);
      onTestFinished(() => subscriber.disconnect());
      await listenForClosed(subscriber, keys, (id) => heard.push(id));
    }
    await new Brake(shards).apply([first, second].map((executionId) => ({ executionId, epoch: 1 })));
    expect(await leases.closedAmong(executions)).toEqual([first, second]);
    await waitFor(() => heard.length === 1);
    expect(heard).toEqual([second]);
    expect(await leases.release(lease, NOW)).toBe('stopped');
    expect(await waitingIn()).toEqual([0, 1, 1]);

    const permissions = new ExecutionPermissions(shards);
    const [, , third = ''] = executions;
    expect(await permissions.read(executions)).toMatchObject([{ open: false }, { open: false }, { open: true }]);
    const lasting: string[] = [];
    let cursor = '0';
    do {
      const page = await permissions.lasting(cursor);
      lasting.push(...page.executionIds);
      cursor = page.cursor;
    } while (cursor !== '0');
    expect(lasting.toSorted()).toEqual(executions.toSorted());
    await permissions.forget([first, second]);
    await permissions.revoke(third);
    expect(await permissions.read(executions)).toMatchObject([{ open: false }, { open: false }, undefined]);
  });

  test('what is asked of all shards is told as of one', async () => {
    const { shards } = dispatch;
    const runtime = `acme/${randomUUID()}`;
    const slices = [{ runtime, firstStep: 0, stepCount: 1 }];
    const executions = ids();
    const waiting = executions.map((executionId) => sliceJob({ executionId, slices }));
    await openExecutions(
      shards,
      executions.map((executionId, index) => ({
        planned: plannedFact({ executionId, slices }),
        first: waiting[index] ?? sliceJob(),
      })),
      1,
    );
    const more = ids().map((executionId) => sliceJob({ executionId, slices }));
    await new SliceQueue(shards).add(more);
    const [load] = await new RuntimeLoads(shards).read([runtime]);
    expect(load).toMatchObject({ waiting: 2 * COUNT, active: 0, workers: 0, oldestAt: expect.any(Number) });
    const registry = new RuntimeRegistry(shards);
    expect(await registry.list()).toContain(runtime);
    expect(await registry.unserved()).toContainEqual({ runtime, waiting: 2 * COUNT });
    await registry.announce([runtime]);
    const asked = [...executions, ...more.map(({ executionId }) => executionId)].map((executionId) => ({
      ...{ executionId, epoch: 1, slice: 0, runtime },
    }));
    expect(await new QueuePlaces(shards).before(asked)).toEqual([
      ...Array(COUNT).fill({ before: 0, served: true }),
      ...Array(COUNT).fill({ before: COUNT, served: true }),
    ]);

    const queueBatch = randomUUID();
    const jobs = ids().map((executionId) => executionJob({ executionId, queueBatch }));
    const counts = () =>
      Promise.all(shards.all.map(({ queues }) => queues.get(EXECUTIONS_QUEUE).getJobCountByTypes('prioritized')));
    await new ExecutionQueue(shards).add(jobs);
    expect(await counts()).toEqual(Array(COUNT).fill(1));
    const presence = new JobPresence(shards);
    for (const { executionId } of jobs) expect(await presence.executionJob(executionId, 1, queueBatch)).toBe(true);

    const journals = new Journals(shards);
    const reached = await journals.lastIds();
    expect(await journals.holdUpTo(reached)).toBe(true);
    expect(await journals.length()).toBeGreaterThanOrEqual(COUNT);
    await shards.all[2]?.redis.del(shards.all[2].keys.journal);
    await shards.all[1]?.redis.del(shards.all[1].keys.journal);
    expect(await journals.holdUpTo(reached)).toBe(true);
    await shards.first.redis.del(shards.first.keys.journal);
    expect(await journals.holdUpTo(reached)).toBe(false);
    expect(await journals.oldestAt()).toBeNull();
  });

  test('the number of shards is known once a leader has noted it, and a shard that was emptied is told apart', async () => {
    const { shards } = dispatch;
    const seen = new SeenHistory(shards);
    await seen.forgetEverything();
    await checkShardCount(shards);
    await new ExecutionPermissions(shards).announceTerm(7);
    await seen.note({ lineage: 'l', beat: 3 });
    await checkShardCount(shards);
    const known = { term: 7, history: { lineage: 'l', beat: 3, shards: COUNT } };
    expect(await seen.read()).toEqual(Array(COUNT).fill(known));
    const fewer = new Shards([shards.first.redis], shards.first.keys.prefix);
    const told = 'REDIS_SHARDS is 1 here, but what Redis holds is in 3 shards';
    await expect(checkShardCount(fewer)).rejects.toThrow(told);
    await expect(new SeenHistory(fewer).read()).rejects.toThrow(told);

    const [, second] = shards.all;
    await second?.redis.del(second.keys.term, second.keys.history);
    expect(await seen.read()).toEqual([known, undefined, known]);
    // As it was noted before there were shards.
    await shards.first.redis.set(shards.first.keys.history, 'l 3');
    await expect(checkShardCount(shards)).rejects.toThrow(
      'REDIS_SHARDS is 3 here, but what Redis holds is in one shard',
    );
    await checkShardCount(fewer);
    expect(await seen.forgetEverything()).toBeGreaterThan(0);
    expect(await seen.read()).toEqual([undefined, undefined, undefined]);
  });

  test('the workers of a queue in all shards share the slots, and take from each in turn', async () => {
    const { shards } = dispatch;
    const queue = runtimeQueueName(`acme/${randomUUID()}`);
    const slots = 2;
    const jobsEach = 6;
    for (const { queues, keys } of shards.all) {
      const jobs = Array.from({ length: jobsEach }, (_, index) => ({
        ...{ id: `${keys.shard}-${index}`, name: 'slice', priority: 1, data: { shard: keys.shard } },
      }));
      await queues.add(queue, jobs);
    }
    const gate = new SlotGate(slots);
    const taken: number[] = [];
    let running = 0;
    let most = 0;
    const workers = shards.all.map(
      ({ redis, keys }) =>
        new JobWorker({
          ...{ redis, keys, queue, concurrency: slots, gate, onError: () => {} },
          process: async ({ data }) => {
            taken.push((data as { shard: number }).shard);
            running += 1;
            most = Math.max(most, running);
            await dispatch.redis.ping();
            running -= 1;
            return { kind: 'over' };
          },
        }),
    );
    await waitFor(() => taken.length === COUNT * jobsEach);
    await Promise.all(workers.map((worker) => worker.close()));
    expect(most).toBeLessThanOrEqual(slots);
    expect([0, 1, 2].map((shard) => taken.filter((one) => one === shard).length)).toEqual(Array(COUNT).fill(jobsEach));
    // Nobody had to wait until another shard was empty.
    expect(new Set(taken.slice(0, (COUNT - 1) * jobsEach))).toEqual(new Set([0, 1, 2]));
    expect(gate.isFull).toBe(false);
  });

  test('a job that comes while its shard has no slot is left to another worker', async () => {
    const { shards } = dispatch;
    const queue = runtimeQueueName(`acme/${randomUUID()}`);
    const over = Promise.withResolvers<void>();
    const by: Record<string, string[]> = { full: [], free: [] };
    const start = (name: string, ends: Promise<void>) => {
      const gate = new SlotGate(1);
      return shards.all.map(
        ({ redis, keys }) =>
          new JobWorker({
            ...{ redis, keys, queue, concurrency: 1, gate, onError: () => {} },
            process: async ({ id }) => {
              by[name]?.push(id);
              await ends;
              return { kind: 'over' };
            },
          }),
      );
    };
    const add = (shard: number, id: string) =>
      shards.all[shard]?.queues.add(queue, [{ id, name: 'slice', priority: 1, data: {} }]);
    const full = start('full', over.promise);
    await add(0, 'long');
    await waitFor(() => by['full']?.length === 1);
    const free = start('free', Promise.resolve());
    for (let index = 0; index < 4; index += 1) {
      await add(1, `short-${index}`);
      await waitFor(() => by['free']?.includes(`short-${index}`));
    }
    over.resolve();
    await Promise.all([...full, ...free].map((worker) => worker.close()));
    expect(by).toEqual({ full: ['long'], free: ['short-0', 'short-1', 'short-2', 'short-3'] });
  });
});

function urlOf({ options: { host, port, db } }: Redis): string {
  return `redis://${host}:${port}/${db}`;
}

test('in a Cluster the shards are on several masters, and a connection follows a slot that moves', async () => {
  const dispatch = await freshDispatch({ shards: COUNT, url: cluster.url });
  onTestFinished(() => dispatch.close());
  const { shards } = dispatch;
  const ports = async () =>
    Promise.all(shards.all.map(async ({ redis }) => ((await redis.config('GET', 'port')) as string[])[1]));
  const before = await ports();
  expect(new Set(before).size).toBe(COUNT);

  const { redis, keys } = shards.first;
  const slot = await redis.cluster('KEYSLOT', keys.prefix);
  const nodes = cluster.nodeUrls.map((url) => new Redis(url));
  onTestFinished(() => {
    for (const node of nodes) node.disconnect();
  });
  const target = nodes.find(({ options: { port } }) => String(port) !== before[0]);
  const id = await target?.call('CLUSTER', 'MYID');
  await Promise.all(nodes.map((node) => node.call('CLUSTER', 'SETSLOT', slot, 'NODE', String(id))));
  await redis.set(`${keys.prefix}:moved`, 'yes');
  expect(await target?.get(`${keys.prefix}:moved`)).toBe('yes');
  expect(await ports()).toEqual([String(target?.options.port), ...before.slice(1)]);
});

test('a Cluster is refused with a prefix that would spread the keys of a shard', () => {
  const settings = { REDIS_URL: cluster.url, REDIS_PREFIX: 'gantry', REDIS_SHARDS: 1 };
  expect(() => openShards(settings, connectSubscriber, () => {})).toThrow(
    'REDIS_PREFIX: a Redis Cluster needs a hash tag',
  );
});

test('a replica, which takes nothing, is as good as away', async () => {
  const server = await ownRedis();
  const dispatch = await freshDispatch({ url: server.url });
  onTestFinished(async () => {
    await dispatch.close();
    await server.stop();
  });
  const { shards } = dispatch;
  await shards.ping();
  await shards.first.redis.replicaof('127.0.0.1', 1);
  await expect(shards.ping()).rejects.toThrow('replica');
  await expect(shards.answering()).rejects.toThrow();
  await shards.first.redis.replicaof('NO', 'ONE');
  await shards.ping();
  expect(await shards.answering()).toBe(1);
});
